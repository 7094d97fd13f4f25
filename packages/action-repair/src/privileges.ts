import { readFileSync } from 'node:fs';
import { PwalkError } from '@pwalk/core';
import { loadAddon } from './addon.js';
import type { Tree } from './tree.js';

/** Numbers of the capabilities that changing needs, by name. */
const needed = { CAP_CHOWN: 0n, CAP_FOWNER: 3n, CAP_FSETID: 4n } as const;

const STICKY = 0o1000;
const OTHERS_WRITE = 0o022;

/**
 * Everything that has to hold before anything below `tree` is changed.
 * @throws PwalkError `PWALK_APPLY_REFUSED`
 */
export function checkPrivileges(tree: Tree): void {
  const caller = process.geteuid?.() ?? 0;
  const refuse = (sentence: string): never => {
    throw new PwalkError('PWALK_APPLY_REFUSED', sentence);
  };
  const effective = loadAddon().capabilities();
  const missing = Object.entries(needed).flatMap(([name, bit]) =>
    (effective >> bit) & 1n ? [] : [name],
  );
  if (missing.length > 0) {
    refuse(
      `Changing owners and modes needs ${missing.join(', ')}, which this process has not; run it as root.`,
    );
  }
  for (const map of ['uid_map', 'gid_map']) {
    if (!isIdentity(readOrNull(`/proc/self/${map}`))) {
      refuse(
        `This process is in a user namespace (/proc/self/${map}), where ids are not those on disk; run it outside.`,
      );
    }
  }
  if (isIdMapped(tree.status.mntId)) {
    refuse(
      `"${tree.shown}" is on an id-mapped mount, where ids are not those on disk; repair it where it is mounted as it is.`,
    );
  }
  if (readOrNull('/proc/sys/fs/protected_hardlinks')?.trim() === '0') {
    refuse(
      "Anybody may hard-link other people's files into the tree while fs.protected_hardlinks is 0; set it to 1 (sysctl -w fs.protected_hardlinks=1).",
    );
  }
  const foreign = tree.ancestors.find(
    ({ uid, mode }) =>
      (uid !== 0 && uid !== caller) || ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0),
  );
  if (foreign !== undefined) {
    refuse(
      `A directory above "${tree.shown}" belongs to user ${foreign.uid} with mode ${(foreign.mode & 0o7777).toString(8)}, who could put another tree in its place; repair from a place that only root can change.`,
    );
  }
}

function isIdentity(map: string | null): boolean {
  const fields = map?.trim().split(/\s+/) ?? [];
  return (
    fields.length === 3 &&
    fields[0] === fields[1] &&
    fields[0] === '0' &&
    fields[2] === '4294967295'
  );
}

/** Whether the mount of that id maps ids; the kernel says so among its options. */
function isIdMapped(mntId: bigint): boolean {
  const line = readOrNull('/proc/self/mountinfo')
    ?.split('\n')
    .find((mount) => mount.startsWith(`${mntId} `));
  return line?.split(' ')[5]?.split(',').includes('idmapped') ?? false;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
