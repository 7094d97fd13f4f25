import { type FileHandle, lstat, open, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CORE_VERSION, escapeText, type FileIdentity, PwalkError } from '@pwalk/core';
import { homeDirectory, xdgDirectory } from '@pwalk/core/io';
import { loadAddon } from './addon.js';
import type { Change } from './change.js';
import { type JournalRecord, journalLine, nameToJson } from './journal-record.js';
import {
  createPrivateFile,
  makePrivateDirectory,
  openTrustedFile,
  type Purpose,
} from './private-file.js';
import { isUnbegun, readJournal } from './read-journal.js';
import type { RecordStatus } from './record-layout.js';
import type { Tree } from './tree.js';

export const journalPurpose: Purpose = { what: 'The journal', code: 'PWALK_JOURNAL_REFUSED' };

/** What a journal begins with. */
export type JournalHead = Omit<Extract<JournalRecord, { is: 'begin' }>, 'is' | 'version'>;

/**
 * The record of what is changed, on disk before it is. Appended to only; a line that a crash tore off is
 * ignored when it is read, and cut off before more is written.
 */
export class Journal {
  readonly path: string;
  readonly identity: FileIdentity;
  readonly #file: FileHandle;
  #text = '';
  #seq: number;

  /** Whether it was there before this run. */
  readonly isOld: boolean;

  private constructor(
    path: string,
    file: FileHandle,
    identity: FileIdentity,
    lastSeq: number | null,
  ) {
    this.path = path;
    this.#file = file;
    this.identity = identity;
    this.isOld = lastSeq !== null;
    this.#seq = lastSeq ?? 0;
  }

  /**
   * Creates a journal, or opens the one that is there to go on with it.
   * @throws PwalkError `PWALK_JOURNAL_REFUSED`
   */
  static async open(path: string): Promise<Journal> {
    const absolute = resolve(path);
    if (await exists(absolute)) {
      // A run that was killed before its first line was whole noted nothing.
      return Journal.#old(
        absolute,
        await openTrustedFile(absolute, journalPurpose, 'append'),
        true,
      );
    }
    const file = await createPrivateFile(absolute, journalPurpose);
    const directory = await open(dirname(absolute), 'r');
    await directory.sync().finally(() => directory.close());
    return Journal.#locked(absolute, file, async () => null);
  }

  /** Opens a journal that is there. @throws PwalkError `PWALK_JOURNAL_REFUSED` */
  static async reopen(path: string): Promise<Journal> {
    return Journal.#old(path, await openTrustedFile(path, journalPurpose, 'append'), false);
  }

  static async #old(path: string, file: FileHandle, mayBeUnbegun: boolean): Promise<Journal> {
    try {
      return await Journal.#locked(path, file, async () => {
        const isNew = mayBeUnbegun && (await isUnbegun(file));
        const { lastSeq, wholeBytes } = isNew
          ? { lastSeq: null, wholeBytes: 0 }
          : await readJournal(file, path);
        await file.truncate(wholeBytes);
        return lastSeq;
      });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** @param begin reads how far it is, once nobody else can write it: null when it is new */
  static async #locked(
    path: string,
    file: FileHandle,
    begin: () => Promise<number | null>,
  ): Promise<Journal> {
    if (!loadAddon().lock(file.fd)) {
      await file.close();
      throw new PwalkError(
        'PWALK_JOURNAL_REFUSED',
        `The journal "${escapeText(path)}" is in use by another run; wait for its end.`,
      );
    }
    const lastSeq = await begin();
    const { dev, ino } = await file.stat({ bigint: true });
    return new Journal(path, file, { dev, inode: ino }, lastSeq);
  }

  /** For reading it back. */
  get file(): FileHandle {
    return this.#file;
  }

  begin(head: JournalHead): void {
    this.#add({ is: 'begin', version: 1, ...head });
  }

  /** Notes that a change is about to be made. @returns its number, for `result` */
  intend(change: Change, undoes?: number): number {
    const seq = ++this.#seq;
    const names = namesOf(change);
    this.#add({
      is: undoes === undefined ? 'change' : 'undo',
      seq,
      ...(undoes === undefined ? {} : { of: undoes }),
      path: nameToJson(names[0] ?? Buffer.alloc(0)),
      ...(names.length < 2 ? {} : { links: names.slice(1).map(nameToJson) }),
      type: change.isDirectory ? 'directory' : 'file',
      dev: String(change.dev),
      inode: String(change.inode),
      btime: String(change.btime),
      old: [change.uid, change.gid, change.permissions.toString(8)],
      new: [change.newUid, change.newGid, change.newMode.toString(8)],
      ...(change.features === 0 ? {} : { features: change.features }),
    });
    return seq;
  }

  /** Notes what came of it. @param status where more is known than the record says */
  result(seq: number, change: Change, status: RecordStatus = change.status): void {
    const { errno, gotUid, gotGid, gotMode } = change;
    const isKnown = gotMode !== 0;
    this.#add({
      is: 'result',
      seq,
      status,
      ...(errno === 0 ? {} : { errno }),
      ...(isKnown ? { now: [gotUid, gotGid, (gotMode & 0o7777).toString(8)] } : {}),
    });
  }

  end(run: string, done: number): void {
    this.#add({ is: 'end', run, done });
  }

  /** Makes everything noted so far durable. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  async commit(): Promise<void> {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    } catch (cause) {
      throw new PwalkError(
        'PWALK_OUTPUT_WRITE',
        `The journal "${escapeText(this.path)}" cannot be written, so nothing more is changed: ${cause instanceof Error ? cause.message : String(cause)}.`,
        { path: this.path, cause },
      );
    }
  }

  async close(): Promise<void> {
    try {
      await this.commit();
    } finally {
      await this.#file.close();
    }
  }

  /** Closes and removes a journal in which nothing was noted. */
  async discard(): Promise<void> {
    await this.#file.close();
    await rm(this.path, { force: true });
  }

  /** Whether any change is noted in it. */
  get isEmpty(): boolean {
    return this.#seq === 0;
  }

  #add(record: JournalRecord): void {
    this.#text += journalLine(record);
  }
}

/** What the journal of a run that works below `tree` begins with. */
export function journalHead(
  run: string,
  tree: Tree,
  { plan, undo }: { readonly plan: string | null; readonly undo: boolean },
): JournalHead {
  const { dev, inode } = tree.status;
  return {
    run,
    at: new Date().toISOString(),
    host: hostname(),
    pwalk: CORE_VERSION,
    root: { path: nameToJson(tree.path), dev: String(dev), inode: String(inode) },
    plan,
    undo,
  };
}

/** Where the journal of a run goes when nobody says: a directory that only its owner can enter. */
export async function defaultJournalPath(run: string, startedAt: Date): Promise<string> {
  const directory =
    process.geteuid?.() === 0
      ? '/var/log/pwalk'
      : join(
          xdgDirectory({ variable: 'XDG_STATE_HOME', below: '.local/state' }, homeDirectory()),
          'pwalk',
        );
  await makePrivateDirectory(directory, journalPurpose);
  const stamp = startedAt.toISOString().replace(/[-:]|\.\d+/g, '');
  return join(directory, `repair-${stamp}-${run.slice(0, 8)}.journal`);
}

/** The names of a file, each by itself. */
export function namesOf(change: Change): Buffer[] {
  const names: Buffer[] = [];
  const all = change.names;
  for (let start = 0; ; ) {
    const end = all.indexOf(0, start);
    names.push(all.subarray(start, end < 0 ? all.length : end));
    if (end < 0) return names;
    start = end + 1;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
