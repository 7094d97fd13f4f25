import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file system that does not answer. */
export interface HangingMount {
  readonly path: string;
  /**
   * Unmounts it and ends its server. Calls that hang in it come back with an error then, and processes
   * that could not be killed before die.
   */
  remove(): void;
}

/** Why there can be no hanging mount here; null where there can. */
export function hangingMountNeeds(): string | null {
  if (process.geteuid?.() !== 0) return 'root';
  return existsSync('/dev/fuse') ? null : '/dev/fuse';
}

/**
 * Mounts a small file system on a new directory, in which opening `stuck-open`, listing `stuck-read` and
 * looking at `in-stat/stuck-stat` is never answered; everything else is. Root only; the protocol is spoken
 * by a process of its own, and nothing needs to be installed.
 */
export async function mountHanging(path: string): Promise<HangingMount> {
  mkdirSync(path);
  const server = spawn(
    process.execPath,
    [fileURLToPath(new URL('fuse-server.js', import.meta.url)), path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [first] = await Promise.race([once(server.stdout, 'data'), once(server, 'exit')]);
  if (String(first) !== 'ready\n') {
    rmdirSync(path);
    throw new Error('the hanging file system could not be mounted');
  }
  return {
    path,
    remove() {
      spawnSync('umount', ['--lazy', path]);
      server.kill('SIGKILL');
      rmdirSync(path);
    },
  };
}
