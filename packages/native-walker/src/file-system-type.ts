import { statfsSync } from 'node:fs';

/** `f_type` of the file systems whose calls go over a network or through FUSE (linux/magic.h and the projects themselves). */
const remoteTypes: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x517b, // SMB
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x00c36400, // Ceph
  0x65735546, // FUSE
  0x19830326, // BeeGFS
  0x5346414f, // AFS
  0x6b414653, // kAFS
  0x73757245, // Coda
  0x01021997, // 9P
  0xaad7aaea, // PanFS
  0x013661fc, // WEKA
  0x7461636f, // OCFS2
  0x01161970, // GFS2
]);

/** `f_type` of file systems that the kernel makes up, and of autofs (linux/magic.h). */
const pseudoTypes: ReadonlySet<number> = new Set([
  0x00009fa0, // proc
  0x62656572, // sysfs
  0x0027e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0xf97cff8c, // selinuxfs
  0x43415d53, // smackfs
  0x5a3c69f0, // apparmorfs
  0xcafe4a11, // bpf
  0x00001cd1, // devpts
  0x6165676c, // pstore
  0xde5e81e4, // efivarfs
  0x62656570, // configfs
  0x65735543, // fusectl
  0x42494e4d, // binfmt_misc
  0x19800202, // mqueue
  0x6e736673, // nsfs
  0x07655821, // resctrl
  0x67596969, // rpc_pipefs
  0x6e667364, // nfsd
  0x00000187, // autofs
]);

/** True when the path is on a file system whose calls are slow because they leave the machine. False when it cannot be told. */
export function isRemoteFileSystem(path: Uint8Array): boolean {
  return isOfType(path, remoteTypes);
}

/** True when the path is on a file system that stores nothing. False when it cannot be told. */
export function isPseudoFileSystem(path: Uint8Array): boolean {
  return isOfType(path, pseudoTypes);
}

function isOfType(path: Uint8Array, types: ReadonlySet<number>): boolean {
  try {
    return types.has(statfsSync(Buffer.from(path)).type >>> 0);
  } catch {
    return false;
  }
}
