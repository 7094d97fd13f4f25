import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { escapeText, PwalkError } from '@pwalk/core';
import { syncDirectory } from '@pwalk/core/io';
import { writeFailure } from './failures.js';
import { type Frame, frameAfter, frameAt, frameOf, lengthOf } from './log-frame.js';
import { decodeState, encodeState, type ScanState } from './scan-state.js';

/** A log is written anew when it is so many times as long as its last record … */
const COMPACT_FACTOR = 4;
/** … and at least this long. */
const COMPACT_BYTES = 4 * 1024 * 1024;

/**
 * The commits of a scan, the last of which counts. Appended to only, each record made durable before
 * anything goes on; written anew under another name, and exchanged, when most of it is past.
 */
export class FrontierLog {
  readonly #path: string;
  #file: FileHandle;
  #length: number;

  private constructor(path: string, file: FileHandle, length: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
  }

  /** Begins a log with its first record. @throws PwalkError `PWALK_OUTPUT_WRITE` */
  static async create(path: string, first: ScanState): Promise<FrontierLog> {
    await replace(path, first);
    const file = await open(path, 'r+');
    return new FrontierLog(path, file, (await file.stat()).size);
  }

  /**
   * Opens a log to go on with it; what a crash tore off at its end is cut off.
   * @throws PwalkError `PWALK_RESUME_REFUSED`
   */
  static async open(path: string): Promise<{ log: FrontierLog; state: ScanState }> {
    const { state, length } = await read(path);
    const file = await open(path, 'r+');
    try {
      await file.truncate(length);
      await file.datasync();
    } catch (error) {
      await file.close();
      throw writeFailure(path, error);
    }
    return { log: new FrontierLog(path, file, length), state };
  }

  /** Makes a commit durable. @throws PwalkError `PWALK_OUTPUT_WRITE`; the one before holds then */
  async commit(state: ScanState): Promise<void> {
    const frame = frameOf(encodeState(state));
    const length = lengthOf(frame);
    if (this.#length + length > Math.max(COMPACT_FACTOR * length, COMPACT_BYTES)) {
      await replace(this.#path, state);
      await this.#file.close();
      this.#file = await open(this.#path, 'r+');
      this.#length = length;
      return;
    }
    try {
      await writeAll(this.#file, frame, this.#length);
      await this.#file.datasync();
      this.#length += length;
    } catch (error) {
      // A torn record is cut off when the log is opened again; the space is wanted now.
      await this.#file.truncate(this.#length).catch(() => {});
      throw writeFailure(this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/**
 * The last commit of a log, without opening it for writing.
 * @returns null when there is none: there is no log, or a crash tore off its first record
 * @throws PwalkError `PWALK_RESUME_REFUSED` when the log is damaged
 */
export async function lastCommit(path: string): Promise<ScanState | null> {
  const log = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw damaged(path, `it cannot be read (${error.code ?? error.message})`);
  });
  if (log === null) return null;
  const { last } = framesOf(log, path);
  if (last === null) return null;
  return stateOf(last, path);
}

async function read(path: string): Promise<{ state: ScanState; length: number }> {
  const log = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw damaged(path, `it cannot be read (${error.code ?? error.message})`);
  });
  const { last } = framesOf(log, path);
  if (last === null) throw damaged(path, 'there is no whole record in it');
  return { state: stateOf(last, path), length: last.end };
}

/** @throws PwalkError `PWALK_RESUME_REFUSED` when there are records behind one that is damaged */
function framesOf(log: Buffer, path: string): { last: Frame | null } {
  let last: Frame | null = null;
  for (let at = 0; ; at = last.end) {
    const frame = frameAt(log, at);
    if (frame === null) break;
    last = frame;
    if (frame.end === log.length) return { last };
  }
  const end = last?.end ?? 0;
  // Of this scan: a file name that was torn off in the middle may look like a record.
  const id = last === null ? null : (decodeState(last.payload)?.scan.id ?? null);
  for (
    let later = frameAfter(log, end + 1);
    later !== null;
    later = frameAfter(log, later.start + 1)
  ) {
    const state = decodeState(later.payload);
    if (state !== null && (id === null || state.scan.id === id)) {
      throw damaged(path, `it is damaged at byte ${end}, in front of whole records`);
    }
  }
  return { last };
}

function stateOf(frame: Frame, path: string): ScanState {
  const state = decodeState(frame.payload);
  if (state !== null) return state;
  throw damaged(path, 'its records are of another version of pwalk');
}

function damaged(path: string, why: string): PwalkError {
  return new PwalkError(
    'PWALK_RESUME_REFUSED',
    `The log "${escapeText(path)}" cannot be used: ${why}. Restore it from a copy, or begin a new scan in another directory; the parts that are there can be read as they are.`,
    { path },
  );
}

/** Writes a log of one record under another name and puts it in the place of the old one. */
async function replace(path: string, state: ScanState): Promise<void> {
  const temporary = `${path}.new`;
  try {
    const file = await open(temporary, 'w');
    try {
      await writeAll(file, frameOf(encodeState(state)), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeFailure(path, error);
  }
}

async function writeAll(
  file: FileHandle,
  pieces: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let at = position;
  for (const piece of pieces) {
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await file.write(piece, done, piece.length - done, at);
      done += bytesWritten;
      at += bytesWritten;
    }
  }
}
