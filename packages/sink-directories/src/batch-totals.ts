import { type EntryBatch, type EntryState, missingStates, type NumberColumn } from '@pwalk/core';
import { LONGEST_PATH } from './directory-key.js';
import { DirectoryRun } from './directory-run.js';
import type { DirectoryTotals } from './directory-totals.js';
import { KeptBytes } from './key-bytes.js';
import { type LinkNames, linkWord } from './link-names.js';
import { addWord, flag, setTime, WORDS, word } from './totals.js';

/** What the totals are made of. */
export const summedColumns = [
  'path',
  'path_raw',
  'type',
  'inode',
  'dev',
  'depth',
  'size',
  'blocks',
  'nlink',
  'atime',
  'mtime',
  'file_count',
  'state',
] as const;

/** States of directories that were not entered by rule, and are not in the result elsewhere. */
const leftOutStates: readonly EntryState[] = [
  'excluded',
  'skipped_snapshot',
  'other_fs',
  'pseudo_fs',
  'depth_limit',
];

const SLASH = 0x2f;

/**
 * Adds batches to the totals of directories. The rows of a directory's entries lie together, so they are
 * added up while the directory stays the same.
 */
export class BatchTotals {
  readonly #directories: DirectoryTotals;
  readonly #links: LinkNames;
  readonly #roots: readonly Buffer[];
  readonly #words = new Uint32Array(2 * WORDS);
  readonly #name = { devLow: 0, devHigh: 0, inodeLow: 0, inodeHigh: 0, depth: 0 };
  /** The directory whose depth was counted last. */
  readonly #deep = new KeptBytes();
  #deepDepth = 0;

  /** @param roots as typed, for directories whose depth does not tell which they are below */
  constructor(directories: DirectoryTotals, links: LinkNames, roots: readonly Uint8Array[]) {
    this.#directories = directories;
    this.#links = links;
    this.#roots = roots
      .map((root) =>
        Buffer.from(Buffer.from(root).toString('latin1').replace(/\/+$/, ''), 'latin1'),
      )
      .sort((a, b) => a.length - b.length);
  }

  /** @returns the row to go on with when there is room again; the number of rows when all are added */
  add(batch: EntryBatch, from: number): number {
    const columns = columnsOf(batch);
    const { path, raw, type, depth, sizes, size, blocks, nlink, mtime, atime, state } = columns;
    const { shown, exact } = columns;
    const directoryCode = type.words.indexOf('directory');
    const flags = state.words.map(flagsOf);

    const run = new DirectoryRun(this.#directories);
    let row = from;
    for (; row < batch.length; row++) {
      if (this.#directories.isFull || this.#links.isFull) break;
      const isRaw = raw.validity !== null && !raw.isNull(row);
      const bytes = isRaw ? exact : shown;
      const { offsets } = isRaw ? raw : path;
      const start = offsets[row];
      let end = offsets[row + 1];
      if (type.codes[row] === directoryCode) {
        this.#addDirectory(columns, row, bytes, start, end, flags[state.codes[row]]);
        continue;
      }
      // Read without a stat, nothing else is known of it.
      const isKnown = !sizes.isNull(row);
      if (isKnown && !isOne(nlink, row)) {
        this.#setName(columns, row);
        const to = this.#links.add(this.#name, bytes, start, end);
        const { words } = this.#links;
        words[to + 2 * linkWord.nlink] = nlink.values[row];
        words[to + 2 * linkWord.size] = size.low[2 * row];
        words[to + 2 * linkWord.size + 1] = size.low[2 * row + 1];
        words[to + 2 * linkWord.blocks] = blocks.low[2 * row];
        words[to + 2 * linkWord.blocks + 1] = blocks.low[2 * row + 1];
      }
      if (depth[row] < 0) continue; // A root that is no directory is in none.
      do end--;
      while (end > start && (bytes[end] !== SLASH || end - start > LONGEST_PATH));
      while (depth[row] === 0 && end > start && bytes[end - 1] === SLASH) end--;
      if (!run.isIn(bytes, start, end)) {
        run.end();
        const isDeep = offsets[row + 1] - start > LONGEST_PATH;
        run.begin(bytes, start, end, isDeep ? this.#depthOf(bytes, start, end) : depth[row] - 1);
      } else if (run.depth !== depth[row] - 1 && offsets[row + 1] - start <= LONGEST_PATH) {
        run.end();
        run.begin(bytes, start, end, depth[row] - 1);
      }
      run.files++;
      run.flags |= flags[state.codes[row]];
      if (!isKnown) continue;
      const at = 2 * row;
      if (isOne(nlink, row)) {
        run.sizeLow += size.low[at];
        run.sizeHigh += size.low[at + 1];
        run.blocksLow += blocks.low[at];
        run.blocksHigh += blocks.low[at + 1];
      } else {
        run.linkedSizeLow += size.low[at];
        run.linkedSizeHigh += size.low[at + 1];
        run.linkedBlocksLow += blocks.low[at];
        run.linkedBlocksHigh += blocks.low[at + 1];
      }
      run.seeMtime(mtime.high[at + 1], mtime.low[at]);
      run.seeAtime(atime.high[at + 1], atime.low[at]);
    }
    run.end();
    return row;
  }

  /**
   * Adds to the directory that holds an entry.
   * @param path in which the entry's is, from `start` to `end`
   * @param depth of the entry
   */
  addToParent(path: Buffer, start: number, end: number, depth: number, words: Uint32Array): void {
    const isDeep = end - start > LONGEST_PATH;
    let last = lastSlash(path, start, isDeep ? start + LONGEST_PATH : end - 1);
    while (depth === 0 && last > start && path[last - 1] === SLASH) last--;
    const above = isDeep ? this.#depthOf(path, start, last) : depth - 1;
    this.#directories.add(path, start, last, above, words);
  }

  #setName({ devs, dev, inodes, inode, depth }: Columns, row: number): void {
    const name = this.#name;
    const [hasDev, hasInode] = [!devs.isNull(row), !inodes.isNull(row)];
    const at = 2 * row;
    name.devLow = hasDev ? dev.low[at] : 0;
    name.devHigh = hasDev ? dev.low[at + 1] : 0;
    name.inodeLow = hasInode ? inode.low[at] : 0;
    name.inodeHigh = hasInode ? inode.low[at + 1] : 0;
    name.depth = depth[row];
  }

  #addDirectory(
    { depth: depths, times, mtime, blocks, counts, listed }: Columns,
    row: number,
    bytes: Buffer,
    start: number,
    end: number,
    flags: number,
  ): void {
    const words = this.#words.fill(0);
    let depth = depths[row];
    let last = end;
    if (end - start > LONGEST_PATH) {
      words[2 * word.deepDirectories] = 1;
      last = lastSlash(bytes, start, start + LONGEST_PATH);
      depth = this.#depthOf(bytes, start, last);
    } else {
      words[2 * word.rows] = 1;
      while (depth < 0 && last > start && bytes[last - 1] === SLASH) last--;
      words[2 * word.slashes] = end - last;
    }
    const at = 2 * row;
    if (!times.isNull(row)) {
      setTime(words, 2 * word.newestMtime, mtime.low[at], mtime.high[at + 1]);
      addWord(words, 2 * word.blocks, blocks.low[at], blocks.low[at + 1]);
    }
    if (!counts.isNull(row)) {
      addWord(words, 2 * word.listed, listed.low[at], listed.low[at + 1]);
    }
    words[2 * word.flags] = flags;
    this.#directories.add(bytes, start, last, depth, words);
  }

  /** How deep the directory above a path is that is too long: by the roots, the outermost first. */
  #depthOf(bytes: Buffer, start: number, end: number): number {
    if (this.#deep.equals(bytes, start, end)) return this.#deepDepth;
    this.#deep.set(bytes, start, end);
    const isBelow = (root: Buffer) =>
      bytes.compare(root, 0, root.length, start, Math.min(start + root.length, end)) === 0 &&
      (end - start === root.length || bytes[start + root.length] === SLASH);
    let at = start + (this.#roots.find(isBelow)?.length ?? 0);
    while (at < end && bytes[at] === SLASH) at++;
    let depth = at < end ? 0 : -1;
    for (; at < end; at++) if (bytes[at] === SLASH) depth++;
    this.#deepDepth = depth;
    return depth;
  }
}

function flagsOf(state: string): number {
  if (missingStates.some((one) => one === state)) return flag.incomplete;
  return leftOutStates.some((one) => one === state) ? flag.leftOut : 0;
}

function isOne(nlink: NumberColumn, row: number): boolean {
  return nlink.values[row] <= 1 || nlink.isNull(row);
}

/** Where the last slash is at or before `last`, or the beginning. */
function lastSlash(bytes: Buffer, start: number, last: number): number {
  let at = last;
  while (at > start && bytes[at] !== SLASH) at--;
  return at;
}

type Columns = ReturnType<typeof columnsOf>;

/** The columns of a batch, taken once. */
function columnsOf(batch: EntryBatch) {
  const path = batch.column('path');
  const raw = batch.column('path_raw');
  const sizes = batch.column('size');
  const times = batch.column('mtime');
  const counts = batch.column('file_count');
  const devs = batch.column('dev');
  const inodes = batch.column('inode');
  return {
    path,
    raw,
    shown: Buffer.from(path.bytes.buffer, path.bytes.byteOffset, path.bytes.byteLength),
    exact: Buffer.from(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength),
    type: batch.column('type'),
    depth: batch.column('depth').values,
    sizes,
    size: halves(sizes.values),
    blocks: halves(batch.column('blocks').values),
    nlink: batch.column('nlink'),
    devs,
    dev: halves(devs.values),
    inodes,
    inode: halves(inodes.values),
    times,
    mtime: halves(times.values),
    atime: halves(batch.column('atime').values),
    counts,
    listed: halves(counts.values),
    state: batch.column('state'),
  };
}

/** 64-bit numbers as halves, the lower first; the upper half also with its sign. */
function halves(values: BigInt64Array | BigUint64Array): { low: Uint32Array; high: Int32Array } {
  const { buffer, byteOffset, length } = values;
  return {
    low: new Uint32Array(buffer, byteOffset, length * 2),
    high: new Int32Array(buffer, byteOffset, length * 2),
  };
}
