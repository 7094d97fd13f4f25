import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileIdentity } from '@pwalk/core';
import type { Protection } from './addon.js';
import { codeAround } from './own-code.js';

/** The system's own directories, with everything below them. Links (`/bin` to `/usr/bin`) are followed. */
export const trees = [
  '/bin',
  '/boot',
  '/dev',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/proc',
  '/root',
  '/run',
  '/sbin',
  '/sys',
  '/usr',
  '/var/cache',
  '/var/lib',
  '/var/log',
  '/var/mail',
  '/var/spool',
];

/** Directories that are not to be repaired themselves; what people keep below them may be. */
export const directories = ['/', '/tmp', '/var', '/var/tmp'];

/** @param own files of this run (journal, audit log, plan) */
export function protection(own: readonly FileIdentity[]): Protection {
  return { trees, directories, own: [...own, ...ownCode()] };
}

/** The protected directories by identity, to be compared with the columns of a scan. */
export class ProtectedIdentities {
  readonly #lowHalves = new Set<number>();
  readonly #identities = new Set<string>();

  constructor() {
    for (const path of [...trees, ...directories]) {
      const identity = identityOf(path);
      if (identity === null) continue;
      this.#lowHalves.add(Number(identity.inode & 0xffff_ffffn));
      this.#identities.add(`${identity.dev}:${identity.inode}`);
    }
  }

  /** False when no protected inode has these 32 low bits: cheap, for every directory of a scan. */
  mayHave(lowHalf: number): boolean {
    return this.#lowHalves.has(lowHalf);
  }

  has(dev: bigint, inode: bigint): boolean {
    return this.#identities.has(`${dev}:${inode}`);
  }
}

/** What runs as root must not become writable for others: this code, what it loads, and Node. */
function ownCode(): readonly FileIdentity[] {
  const places = [...codeAround(dirname(fileURLToPath(import.meta.url))), process.execPath];
  return places.map(identityOf).filter((place) => place !== null);
}

function identityOf(path: string): FileIdentity | null {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status === undefined ? null : { dev: status.dev, inode: status.ino };
}
