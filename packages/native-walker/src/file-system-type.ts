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

/** True when the path is on a file system whose calls are slow because they leave the machine. False when it cannot be told. */
export function isRemoteFileSystem(path: Uint8Array): boolean {
  try {
    return remoteTypes.has(statfsSync(Buffer.from(path)).type >>> 0);
  } catch {
    return false;
  }
}
