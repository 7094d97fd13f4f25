import type { FileHandle } from 'node:fs/promises';
import { escapeText, PwalkError } from '@pwalk/core';
import { endOfLine, type JournalRecord, nameFromJson, parseJournalLine } from './journal-record.js';

type Begin = Extract<JournalRecord, { is: 'begin' }>;
export type Intent = Extract<JournalRecord, { is: 'change' | 'undo' }>;

/** What is left to know of one change. */
export const fates = ['open', 'done', 'not_done', 'undoing', 'undone'] as const;
export type Fate = (typeof fates)[number];

/** A journal in short: where each change is, and what became of it. 17 bytes a change. */
export interface JournalIndex {
  /** The first line of all. */
  readonly begin: Begin;
  readonly root: { readonly path: Buffer; readonly dev: bigint; readonly inode: bigint };
  /** Hash of the plan of the last run that was no undo. */
  readonly plan: string | null;
  readonly lastSeq: number;
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
  /** Numbers of the changes, ascending. */
  readonly changes: readonly number[];
  fate(seq: number): Fate;
  /** Reads a change back. */
  intent(seq: number): Promise<Intent>;
}

const CHUNK = 1 << 20;

/**
 * Reads a journal from its beginning.
 * @throws PwalkError `PWALK_JOURNAL_REFUSED` when a line in the middle is damaged, or it is no journal
 */
export async function readJournal(file: FileHandle, path: string): Promise<JournalIndex> {
  const places = new Map<number, readonly [number, number]>();
  const fate = new Map<number, Fate>();
  const undoes = new Map<number, { readonly of: number; readonly before: Fate }>();
  let begin: Begin | null = null;
  let plan: string | null = null;
  let lastSeq = 0;
  let wholeBytes = 0;
  let lineNumber = 0;
  const damaged = (line: number) =>
    new PwalkError(
      'PWALK_JOURNAL_REFUSED',
      `Line ${line} of the journal "${escapeText(path)}" is damaged; nothing was changed. Restore the file.`,
    );
  const foreign = () =>
    new PwalkError(
      'PWALK_JOURNAL_REFUSED',
      `"${escapeText(path)}" is not the journal of a repair.`,
    );
  let bad = 0;
  for await (const { line, offset } of lines(file)) {
    lineNumber++;
    if (bad > 0) throw begin === null ? foreign() : damaged(bad);
    const record = readLine(line);
    if (record === null) {
      // Only as the last line is this what a crash leaves.
      bad = lineNumber;
      continue;
    }
    wholeBytes = offset + line.length + 1;
    if (record.is === 'begin') {
      begin ??= record;
      if (!record.undo) plan = record.plan;
    } else if (record.is === 'change' || record.is === 'undo') {
      lastSeq = record.seq;
      if (record.is === 'change') {
        places.set(record.seq, [offset, line.length]);
        fate.set(record.seq, 'open');
      } else {
        const of = record.of ?? 0;
        undoes.set(record.seq, { of, before: fate.get(of) ?? 'open' });
        fate.set(of, 'undoing');
      }
    } else if (record.is === 'result') {
      const undo = undoes.get(record.seq);
      const isDone = record.status === 'done' || record.status === 'mismatch';
      // A call that failed may have been the second of two: only the inode can tell.
      if (undo === undefined) {
        fate.set(record.seq, isDone ? 'done' : record.status === 'failed' ? 'open' : 'not_done');
      } else if (isDone || record.status === 'already') {
        fate.set(undo.of, 'undone');
      } else if (record.status !== 'failed') {
        fate.set(undo.of, undo.before);
      }
    }
  }
  if (begin === null) throw foreign();
  return {
    begin,
    root: {
      path: nameFromJson(begin.root.path),
      dev: BigInt(begin.root.dev),
      inode: BigInt(begin.root.inode),
    },
    plan,
    lastSeq,
    wholeBytes,
    changes: [...places.keys()],
    fate: (seq) => fate.get(seq) ?? 'not_done',
    intent: async (seq) => {
      const [offset, length] = places.get(seq) ?? [0, 0];
      const bytes = Buffer.alloc(length);
      await file.read(bytes, 0, length, offset);
      const record = readLine(bytes);
      if (record === null || record.is !== 'change') throw damaged(seq);
      return record;
    },
  };
}

/** Whether a file is empty or holds only a part of the first line of a journal. */
export async function isUnbegun(file: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, 0);
  const text = buffer.toString('latin1', 0, bytesRead);
  return text === '' || (/^[0-9a-f]{8} \{"is":"begin",/.test(text) && !text.includes('\n'));
}

function readLine(line: Buffer): JournalRecord | null {
  try {
    return parseJournalLine(line);
  } catch {
    return null;
  }
}

/** The lines that end in a line feed; what follows the last is what a crash tore off. */
async function* lines(file: FileHandle): AsyncGenerator<{ line: Buffer; offset: number }> {
  let rest = Buffer.alloc(0);
  let restAt = 0;
  for (let position = 0; ; ) {
    const chunk = Buffer.alloc(CHUNK);
    const { bytesRead } = await file.read(chunk, 0, CHUNK, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = endOfLine(bytes, 0); end >= 0; end = endOfLine(bytes, start)) {
      yield { line: bytes.subarray(start, end), offset: restAt + start };
      start = end + 1;
    }
    rest = bytes.subarray(start);
    restAt += start;
  }
}
