import { copyFile, lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { escapeText, type FileIdentity, PwalkError } from '@pwalk/core';
import { OutputFile, reasonOf, syncDirectory } from '@pwalk/core/io';
import { exactJson } from '../exact-json.js';
import { resumeRefused, writeFailure } from './failures.js';
import { FrontierLog, lastCommit } from './frontier-log.js';
import { type ScanLock, takeLock } from './scan-lock.js';
import type { Part, ScanState } from './scan-state.js';

/** Names of files of ours in `parts/`, those that a run did not get to publish included. */
const ourParts = /^(?:\d{6,}\.parquet|\.\d{6,}\.parquet\.pwalk-[0-9a-f]+)$/;

/**
 * A scan on disk: `parts/`, `frontier.log`, and when it is whole `manifest.json`. Locked while it is
 * open: there is one of these for a directory, on this machine and on others that share it.
 */
export class ScanDirectory {
  /** Absolute. */
  readonly path: string;
  readonly identity: FileIdentity;
  readonly #lock: ScanLock;
  #log: FrontierLog | null = null;
  #isClosed = false;

  private constructor(path: string, identity: FileIdentity, lock: ScanLock) {
    this.path = path;
    this.identity = identity;
    this.#lock = lock;
  }

  /**
   * Makes the directory of a new scan, or takes one that is empty.
   * @param begin makes the first commit, when the directory is ours
   * @throws PwalkError `PWALK_OUTPUT_OPEN`, `PWALK_OUTPUT_WRITE`, `PWALK_RESUME_REFUSED`
   */
  static async create(
    given: string,
    begin: (directory: ScanDirectory) => Promise<ScanState>,
    onWarning: (message: string) => void,
  ): Promise<{ directory: ScanDirectory; state: ScanState }> {
    const path = resolve(given);
    await makeFree(path, given);
    const directory = await ScanDirectory.#locked(path, onWarning);
    try {
      // Again: another run may have begun meanwhile.
      await makeFree(path, given);
      await mkdir(join(path, 'parts'), { recursive: true });
      const state = await begin(directory);
      directory.#log = await FrontierLog.create(join(path, 'frontier.log'), state);
      await syncDirectory(resolve(path, '..'));
      return { directory, state };
    } catch (error) {
      await directory.close();
      throw error instanceof PwalkError ? error : cannotCreate(given, error);
    }
  }

  /**
   * Opens a scan to go on with it, and removes the parts that were not committed.
   * @throws PwalkError `PWALK_RESUME_REFUSED`
   */
  static async open(
    given: string,
    onWarning: (message: string) => void,
  ): Promise<{ directory: ScanDirectory; state: ScanState }> {
    const path = resolve(given);
    if ((await lastCommitOf(path)) === null) throw noScan(given);
    const directory = await ScanDirectory.#locked(path, onWarning);
    try {
      const { log, state } = await FrontierLog.open(join(path, 'frontier.log'));
      directory.#log = log;
      await directory.#checkParts(state.parts);
      return { directory, state };
    } catch (error) {
      await directory.close();
      throw error;
    }
  }

  /** How far the scan in a directory is; null when there is none. @throws PwalkError `PWALK_RESUME_REFUSED` */
  static async look(given: string): Promise<{ state: ScanState; isWhole: boolean } | null> {
    const path = resolve(given);
    const state = await lastCommitOf(path);
    if (state === null) return null;
    return { state, isWhole: await exists(join(path, 'manifest.json')) };
  }

  static async #locked(path: string, onWarning: (message: string) => void): Promise<ScanDirectory> {
    const lock = await takeLock(path, onWarning);
    const { dev, ino } = await lstat(path, { bigint: true });
    return new ScanDirectory(path, { dev, inode: ino }, lock);
  }

  partPath(name: string): string {
    return join(this.path, 'parts', name);
  }

  /** A name for the part after those. */
  nextPart(parts: readonly Part[]): string {
    const number = Number.parseInt(parts.at(-1)?.name ?? '0', 10) + 1;
    return `${String(number).padStart(6, '0')}.parquet`;
  }

  /** Keeps a copy of a file that the scan reads at every start. @returns its path */
  async keep(file: string, name: string): Promise<string> {
    const path = join(this.path, name);
    try {
      await copyFile(file, path);
      const copy = await open(path, 'r+');
      await copy.sync().finally(() => copy.close());
    } catch (error) {
      throw writeFailure(path, error);
    }
    return path;
  }

  /** Makes what a part came to durable; its file is published. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  async commit(state: ScanState): Promise<void> {
    await this.#log?.commit(state);
  }

  /** Takes away a part that is published and not to be committed. */
  async drop(name: string): Promise<void> {
    await rm(this.partPath(name), { force: true });
  }

  /** Writes what the scan came to, last of all. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  async publishManifest(manifest: object): Promise<void> {
    const output = await OutputFile.open(join(this.path, 'manifest.json'));
    try {
      await output.write(Buffer.from(`${exactJson(manifest)}\n`));
      await output.publish();
    } catch (error) {
      await output.discard();
      throw error;
    }
  }

  /** Closes a scan that has no part and removes what it made, the directory itself too where nothing else is in it. */
  async discard(): Promise<void> {
    await this.close();
    for (const name of await readdir(this.path).catch((): string[] => [])) {
      if (leftovers.test(name)) await rm(join(this.path, name), { recursive: true, force: true });
    }
    await rmdir(this.path).catch(() => {});
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#log?.close();
    this.#log = null;
    await this.#lock.release();
  }

  /** Committed parts are there and as long as they were; of what else is ours nothing is left. */
  async #checkParts(parts: readonly Part[]): Promise<void> {
    const committed = new Map(parts.map((part) => [part.name, part]));
    const found = await readdir(join(this.path, 'parts')).catch((): string[] => []);
    for (const { name, bytes } of parts) {
      const size = await lstat(this.partPath(name)).then(
        (stat) => stat.size,
        () => null,
      );
      if (size === bytes) continue;
      throw resumeRefused(
        this.path,
        `The part "${name}" of the scan ${size === null ? 'is not there' : `has ${size} bytes instead of ${bytes}`}; put it back, or begin a new scan in another directory.`,
      );
    }
    for (const name of found) {
      if (ourParts.test(name) && !committed.has(name)) await this.drop(name);
    }
    await rm(join(this.path, 'frontier.log.new'), { force: true });
  }
}

async function lastCommitOf(path: string): Promise<ScanState | null> {
  return lastCommit(join(path, 'frontier.log'));
}

/** Sees to it that a new scan may begin there. @throws PwalkError `PWALK_OUTPUT_OPEN` */
async function makeFree(path: string, given: string): Promise<void> {
  try {
    await mkdir(path, { recursive: false }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (!(await lstat(path)).isDirectory()) throw new Error('something else has that name');
    const found = await readdir(path);
    if (found.includes('frontier.log') && (await lastCommitOf(path)) !== null) {
      throw new PwalkError(
        'PWALK_OUTPUT_OPEN',
        `"${escapeText(given)}" holds a scan already; go on with it by "pwalk resume ${escapeText(given)}", or choose a new directory.`,
        { path },
      );
    }
    // What is left of a scan that was killed before its first commit is taken over.
    const isUnbegun = found.every((name) => leftovers.test(name));
    const parts = await readdir(join(path, 'parts')).catch((): string[] => []);
    if (!isUnbegun || parts.length > 0) throw new Error('it is there and not empty');
  } catch (error) {
    throw error instanceof PwalkError ? error : cannotCreate(given, error);
  }
}

const leftovers = /^(?:lock|parts|frontier\.log(?:\.new)?|exclude-(?:from|paths)-\d+)$/;

function cannotCreate(given: string, cause: unknown): PwalkError {
  return new PwalkError(
    'PWALK_OUTPUT_OPEN',
    `Cannot begin a scan in "${escapeText(given)}": ${reasonOf(cause)}. Choose a new name in an existing, writable directory.`,
    { path: given, cause },
  );
}

function noScan(given: string): PwalkError {
  return resumeRefused(
    given,
    `There is no scan in "${escapeText(given)}"; begin one with "pwalk report … -o ${escapeText(given)} --checkpoint".`,
  );
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
