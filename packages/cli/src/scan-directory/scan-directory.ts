import { copyFile, lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { escapeText, type FileIdentity, PwalkError } from '@pwalk/core';
import { OutputFile, reasonOf, syncDirectory } from '@pwalk/core/io';
import { exactJson } from '../exact-json.js';
import { resumeRefused, writeFailure } from './failures.js';
import { FrontierLog, lastCommit } from './frontier-log.js';
import { type ScanLock, takeLock } from './scan-lock.js';
import type { Part, ScanState } from './scan-state.js';

/** The tables of a part, and the directory that each has its files in. */
export type PartTable = 'parts' | 'errors' | 'totals';
const tables: readonly PartTable[] = ['parts', 'errors', 'totals'];

/** Names of files of ours in them, those that a run did not get to publish included. */
const ourParts = /^(?:\d{6,}\.[a-z]+|\.\d{6,}\.[a-z]+\.pwalk-[0-9a-f]+)$/;

/** What all parts of a single file are put together in, before it gets its name. */
const JOINED = 'joined.parquet';

/**
 * A scan on disk: `parts/`, `errors/`, `totals/`, `frontier.log`, and when it is whole `manifest.json`. Locked while
 * it is open: there is one of these for a directory, on this machine and on others that share it.
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
      if (state.published === null) {
        await directory.#checkParts('parts', state.parts);
        await directory.#checkParts('errors', state.errors);
        await directory.#checkParts('totals', state.totals);
        await directory.#clearUnnamed();
      }
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
    const isWhole = state.published !== null || (await exists(join(path, 'manifest.json')));
    return { state, isWhole };
  }

  static async #locked(path: string, onWarning: (message: string) => void): Promise<ScanDirectory> {
    const lock = await takeLock(path, onWarning);
    const { dev, ino } = await lstat(path, { bigint: true });
    return new ScanDirectory(path, { dev, inode: ino }, lock);
  }

  partPath(table: PartTable, name: string): string {
    return join(this.path, table, name);
  }

  /** Where a single file is put together: on its file system, and cleared away with the directory. */
  get joinedPath(): string {
    return join(this.path, JOINED);
  }

  /** A name, without an ending, for the files of the part after those. */
  nextPart({ parts, errors, totals }: Pick<ScanState, PartTable>): string {
    const numbers = [parts, errors, totals].map((made) =>
      Number.parseInt(made.at(-1)?.name ?? '0', 10),
    );
    return String(Math.max(...numbers) + 1).padStart(6, '0');
  }

  /** Makes the directory of a table that not every scan has. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  async makeTable(table: PartTable): Promise<void> {
    const path = join(this.path, table);
    try {
      await mkdir(path, { recursive: true });
      await syncDirectory(this.path);
    } catch (error) {
      throw writeFailure(path, error);
    }
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
  async drop(table: PartTable, name: string): Promise<void> {
    await rm(this.partPath(table, name), { force: true });
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

  /**
   * Closes a scan of which nothing is wanted any more and removes what it made, the directory itself too
   * where nothing else is in it. The log goes last: what it says holds until all else is gone.
   */
  async discard(): Promise<void> {
    await this.close();
    const found = await readdir(this.path).catch((): string[] => []);
    const ours = found.filter((name) => leftovers.test(name) && !last.includes(name));
    for (const name of [...ours, ...last]) {
      await rm(join(this.path, name), { recursive: true, force: true });
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
  async #checkParts(table: PartTable, committed: readonly Part[]): Promise<void> {
    for (const { name, bytes } of committed) {
      const size = await lstat(this.partPath(table, name)).then(
        (stat) => stat.size,
        () => null,
      );
      if (size === bytes) continue;
      throw resumeRefused(
        this.path,
        `The part "${table === 'parts' ? '' : `${table}/`}${name}" of the scan ${size === null ? 'is not there' : `has ${size} bytes instead of ${bytes}`}; put it back, or begin a new scan in another directory.`,
      );
    }
    const names = new Set(committed.map(({ name }) => name));
    for (const name of await readdir(join(this.path, table)).catch((): string[] => [])) {
      if (ourParts.test(name) && !names.has(name)) await this.drop(table, name);
    }
  }

  /** Removes what a run was writing when it was killed. */
  async #clearUnnamed(): Promise<void> {
    for (const name of await readdir(this.path)) {
      if (unnamed.test(name)) await rm(join(this.path, name), { force: true });
    }
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
    const parts = await Promise.all(
      tables.map((table) => readdir(join(path, table)).catch((): string[] => [])),
    );
    if (!isUnbegun || parts.flat().length > 0) throw new Error('it is there and not empty');
  } catch (error) {
    throw error instanceof PwalkError ? error : cannotCreate(given, error);
  }
}

/** Files that come to be under these names before they get their own. */
const unnamed =
  /^(?:frontier\.log\.new|joined\.parquet|\.(?:joined\.parquet|manifest\.json)\.pwalk-[0-9a-f]+)$/;
const leftovers = new RegExp(
  `^(?:lock|parts|errors|totals|frontier\\.log|exclude-(?:from|paths)-\\d+)$|${unnamed.source}`,
);
const last = ['frontier.log', 'lock'];

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
