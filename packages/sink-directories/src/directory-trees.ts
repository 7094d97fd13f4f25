import type { EntryBatch } from '@pwalk/core';
import { KeyPath, rootEnd, SEPARATOR } from './directory-key.js';
import { DirectoryRows } from './directory-rows.js';
import type { Cursor } from './run-file.js';
import { addTotals, addWord, flag, WORDS, word } from './totals.js';

/** A directory on the way from the root to the one that is looked at. */
interface Open {
  /** Where its key ends in that of the directory looked at. */
  readonly end: number;
  /** What it and all below it come to, so far. */
  readonly tree: Uint32Array;
  /** Entries of it that there are rows of. */
  seen: number;
}

/**
 * The rows of the directories table, each after those of the directories in it. Takes the directories depth
 * first and keeps those that are open: memory grows with the depth of the tree alone.
 *
 * @param isStopped the walk ended early: of directories it did not get to there is no row, and an entry that
 * was listed and has none may be one
 */
export function* directoryBatches(records: Cursor, isStopped: boolean): Generator<EntryBatch> {
  const rows = new DirectoryRows();
  const open: Open[] = [];
  let current = '';
  const path = new KeyPath();

  const close = (): void => {
    const directory = open.pop();
    if (directory === undefined) return;
    const { tree, end, seen } = directory;
    if (isStopped && count(tree, word.listed) > seen) tree[2 * word.flags] |= flag.incomplete;
    rows.append(path.upTo(end), open.length - 1, tree);
    const above = open.at(-1);
    if (above === undefined) return;
    above.seen += count(tree, word.rows);
    // To what is above it it is one more directory, and its own listing is nothing.
    addWord(tree, 2 * word.deepDirectories, tree[2 * word.rows], tree[2 * word.rows + 1]);
    for (const own of [word.rows, word.listed, word.slashes]) tree.fill(0, 2 * own, 2 * own + 2);
    addTotals(above.tree, tree);
  };

  while (records.next()) {
    const { key, words } = records;
    const shared = sharedLength(current, key);
    while (open.length > 0 && !isAbove(open, shared, key)) {
      close();
      if (rows.isFull) yield rows.finish();
    }
    path.set(key, open.length === 0 ? 0 : shared, words[2 * word.slashes]);
    for (const end of endsBelow(key, open.at(-1)?.end ?? 0)) {
      open.push({ end, tree: new Uint32Array(2 * WORDS), seen: 0 });
    }
    current = key;
    const directory = open.at(-1);
    if (directory === undefined) continue;
    addTotals(directory.tree, words);
    directory.seen += count(words, word.files) + count(words, word.deepDirectories);
  }
  while (open.length > 0) {
    close();
    if (rows.isFull) yield rows.finish();
  }
  if (rows.length > 0) yield rows.finish();
}

/** A word that is no more than a double holds. */
function count(words: Uint32Array, which: number): number {
  return words[2 * which + 1] * 2 ** 32 + words[2 * which];
}

/** Whether the innermost open directory is that of `key` or above it. @param shared how much of both keys is the same */
function isAbove(open: readonly Open[], shared: number, key: string): boolean {
  const end = open.at(-1)?.end ?? 0;
  if (shared < end) return false;
  return open.length === 1 || key.length === end || key.charCodeAt(end) === 0;
}

/** Where the directories on the way to `key` end in it, below the one that ends at `from`, itself last. */
function endsBelow(key: string, from: number): number[] {
  const root = rootEnd(key);
  const ends: number[] = from < root ? [root] : [];
  for (let at = Math.max(from, root); at < key.length; ) {
    const next = key.indexOf(SEPARATOR, at === root ? at : at + 1);
    at = next < 0 ? key.length : next;
    ends.push(at);
  }
  return ends;
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
