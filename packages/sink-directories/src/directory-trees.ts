import type { EntryBatch } from '@pwalk/core';
import { KeyPath, rootEnd, SEPARATOR } from './directory-key.js';
import { DirectoryRows } from './directory-rows.js';
import { KeptBytes } from './key-bytes.js';
import type { Cursor } from './run-file.js';
import { addTotals, addWord, flag, WORDS, word } from './totals.js';

const HALVES = 2 * WORDS;

/**
 * The rows of the directories table, each after those of the directories in it. Takes the directories depth
 * first and keeps those that are open: memory grows with the depth of the tree alone.
 *
 * @param isStopped the walk ended early: of directories it did not get to there is no row, and an entry that
 * was listed and has none may be one
 */
export function* directoryBatches(records: Cursor, isStopped: boolean): Generator<EntryBatch> {
  const rows = new DirectoryRows();
  const open = new OpenDirectories();
  const current = new KeptBytes();
  const path = new KeyPath();

  const close = (): void => {
    const { innermost: at, trees, end } = open;
    if (isStopped && count(trees, at, word.listed) > open.seen) {
      trees[at + 2 * word.flags] |= flag.incomplete;
    }
    rows.append(path.upTo(end), open.length - 2, trees, at);
    open.close();
  };

  while (records.next()) {
    const { bytes, start, end, words } = records;
    const shared = current.sharedWith(bytes, start, end);
    while (open.length > 0 && !isAbove(open, shared, records)) {
      close();
      if (rows.isFull) yield rows.finish();
    }
    current.set(bytes, start, end, shared);
    path.set(current, open.length === 0 ? 0 : shared, words[2 * word.slashes]);
    openAll(open, current);
    addTotals(open.trees, words, open.innermost);
    open.seen += count(words, 0, word.files) + count(words, 0, word.deepDirectories);
  }
  while (open.length > 0) {
    close();
    if (rows.isFull) yield rows.finish();
  }
  if (rows.length > 0) yield rows.finish();
}

/** The directories on the way from the root to the one that is looked at. */
class OpenDirectories {
  /** What each and all below it come to, so far, in halves. */
  trees = new Uint32Array(64 * HALVES);
  /** Where their keys end in that of the directory looked at. */
  readonly #ends: number[] = [];
  /** Entries of each that there are rows of. */
  readonly #seen: number[] = [];

  get length(): number {
    return this.#ends.length;
  }

  /** Where the tree of the innermost begins; there has to be one, as for all that follows. */
  get innermost(): number {
    return (this.length - 1) * HALVES;
  }

  get end(): number {
    return this.#ends[this.length - 1];
  }

  get seen(): number {
    return this.#seen[this.length - 1];
  }

  set seen(entries: number) {
    this.#seen[this.length - 1] = entries;
  }

  open(end: number): void {
    this.#ends.push(end);
    this.#seen.push(0);
    const { trees, innermost: at } = this;
    if (at + HALVES > trees.length) {
      this.trees = new Uint32Array(Math.ceil(this.length * 1.5) * HALVES);
      this.trees.set(trees);
    }
    this.trees.fill(0, at, at + HALVES);
  }

  /** Closes the innermost, and adds it to the one above. */
  close(): void {
    const { trees, innermost: at } = this;
    this.#ends.pop();
    this.#seen.pop();
    if (this.length === 0) return;
    this.seen += count(trees, at, word.rows);
    // To what is above it it is one more directory, and its own listing is nothing.
    const rows = at + 2 * word.rows;
    addWord(trees, at + 2 * word.deepDirectories, trees[rows], trees[rows + 1]);
    for (const own of [word.rows, word.listed, word.slashes]) {
      trees.fill(0, at + 2 * own, at + 2 * own + 2);
    }
    addTotals(trees, trees, this.innermost, at);
  }
}

/** A word that is no more than a double holds. @param at where its record begins */
function count(words: Uint32Array, at: number, which: number): number {
  return words[at + 2 * which + 1] * 2 ** 32 + words[at + 2 * which];
}

/** Whether the innermost open directory is that of the record's key or above it. @param shared how much of the key before is the same */
function isAbove(open: OpenDirectories, shared: number, { bytes, start, end }: Cursor): boolean {
  const last = open.end;
  if (shared < last) return false;
  return open.length === 1 || end - start === last || bytes[start + last] === SEPARATOR;
}

/** Opens the directories on the way to `key` that are not, itself last. */
function openAll(open: OpenDirectories, { bytes, length }: KeptBytes): void {
  if (open.length === 0) open.open(rootEnd(bytes));
  const isRoot = open.length === 1;
  for (let at = isRoot ? open.end : open.end + 1; at < length; at++) {
    while (at < length && bytes[at] !== SEPARATOR) at++;
    open.open(at);
  }
}
