import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PwalkError } from '../errors/pwalk-error.js';
import { escapeText } from '../text/escape.js';
import type { FileIdentity } from './file-identity.js';
import { reasonOf } from './output-file.js';
import { checkReplaceable } from './replaceable.js';
import { syncDirectory } from './sync-directory.js';
import { temporaryName } from './temporary-name.js';

/**
 * An output of many files that is not visible under its name until it is whole: a directory under a
 * temporary name beside it, which `publish` renames and `discard` removes. The final name may be
 * free or an empty directory; nothing that is there is ever replaced.
 *
 * Files in it are opened by name: whoever else may write to the directory that holds it can lead
 * them astray.
 */
export class OutputDirectory {
  /** As given, without slashes at its end. */
  readonly path: string;
  /** Where to put files until it is published. */
  readonly temporary: string;
  readonly identity: FileIdentity;

  private constructor(path: string, temporary: string, identity: FileIdentity) {
    this.path = path;
    this.temporary = temporary;
    this.identity = identity;
  }

  /** @throws PwalkError `PWALK_OUTPUT_OPEN` */
  static async open(given: string): Promise<OutputDirectory> {
    const path = given.replace(/(?<=.)\/+$/, '');
    try {
      await checkFree(path);
      const temporary = temporaryName(path);
      await mkdir(temporary);
      const { dev, ino } = await lstat(temporary, { bigint: true });
      return new OutputDirectory(path, temporary, { dev, inode: ino });
    } catch (cause) {
      throw new PwalkError(
        'PWALK_OUTPUT_OPEN',
        `Cannot create the output directory "${escapeText(path)}": ${reasonOf(cause)}. Choose a new name in an existing, writable directory.`,
        { path, cause },
      );
    }
  }

  /** Makes it durable and visible under its name. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  async publish(): Promise<void> {
    try {
      await syncDirectory(this.temporary);
      await rename(this.temporary, this.path);
      await syncDirectory(dirname(this.path));
    } catch (cause) {
      await this.discard();
      throw new PwalkError(
        'PWALK_OUTPUT_WRITE',
        `Publishing "${escapeText(this.path)}" failed: ${reasonOf(cause)}; choose another name.`,
        { path: this.path, cause },
      );
    }
  }

  /** Removes it with all that is in it. Never throws. */
  async discard(): Promise<void> {
    await rm(this.temporary, { recursive: true, force: true }).catch(() => {});
  }
}

async function checkFree(path: string): Promise<void> {
  const existing = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (existing === null) return;
  if (!existing.isDirectory()) throw new Error('something else has that name');
  if ((await readdir(path)).length > 0) throw new Error('it is there and not empty');
  await checkReplaceable(path);
}
