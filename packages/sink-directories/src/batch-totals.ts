import { type EntryBatch, type EntryState, missingStates, type NumberColumn } from '@pwalk/core';
import { LONGEST_PATH } from './directory-key.js';
import { DirectoryRun } from './directory-run.js';
import type { DirectoryTotals } from './directory-totals.js';
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
  readonly #roots: readonly string[];
  readonly #words = new Uint32Array(2 * WORDS);

  /** @param roots as typed, for directories whose depth does not tell which they are below */
  constructor(directories: DirectoryTotals, links: LinkNames, roots: readonly Uint8Array[]) {
    this.#directories = directories;
    this.#links = links;
    this.#roots = roots
      .map((root) => Buffer.from(root).toString('latin1').replace(/\/+$/, ''))
      .sort((a, b) => a.length - b.length);
  }

  add(batch: EntryBatch): void {
    const { length } = batch;
    const path = batch.column('path');
    const raw = batch.column('path_raw');
    const type = batch.column('type');
    const depth = batch.column('depth').values;
    const sizes = batch.column('size');
    const size = halves(sizes.values);
    const blocks = halves(batch.column('blocks').values);
    const nlink = batch.column('nlink');
    const mtime = halves(batch.column('mtime').values);
    const atime = halves(batch.column('atime').values);
    const state = batch.column('state');
    const directoryCode = type.words.indexOf('directory');
    const flags = state.words.map(flagsOf);
    const shown = Buffer.from(path.bytes.buffer, path.bytes.byteOffset, path.bytes.byteLength);
    const exact = Buffer.from(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.byteLength);

    const run = new DirectoryRun(this.#directories);
    for (let row = 0; row < length; row++) {
      const isRaw = raw.validity !== null && !raw.isNull(row);
      const bytes = isRaw ? exact : shown;
      const { offsets } = isRaw ? raw : path;
      const start = offsets[row];
      let end = offsets[row + 1];
      if (type.codes[row] === directoryCode) {
        this.#addDirectory(batch, row, bytes, start, end, flags[state.codes[row]]);
        continue;
      }
      // Read without a stat, nothing else is known of it.
      const isKnown = !sizes.isNull(row);
      if (isKnown && !isOne(nlink, row)) {
        const name = bytes.toString('latin1', start, end);
        const dev = batch.column('dev').get(row) ?? 0n;
        const inode = batch.column('inode').get(row) ?? 0n;
        const to = this.#links.add({ dev, inode }, name, depth[row]);
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
  }

  /** Adds to the directory that holds an entry. @param path one character a byte; `depth` is the entry's */
  addToParent(path: string, depth: number, words: Uint32Array): void {
    const bytes = Buffer.from(path, 'latin1');
    let end = lastSlash(bytes.subarray(0, LONGEST_PATH + 1));
    while (depth === 0 && end > 0 && bytes[end - 1] === SLASH) end--;
    const isDeep = bytes.length > LONGEST_PATH;
    const above = isDeep ? this.#depthOf(bytes, 0, end) : depth - 1;
    this.#directories.add(bytes, 0, end, above, words);
  }

  #addDirectory(
    batch: EntryBatch,
    row: number,
    bytes: Buffer,
    start: number,
    end: number,
    flags: number,
  ): void {
    const words = this.#words.fill(0);
    let depth = batch.column('depth').values[row];
    let last = end;
    if (end - start > LONGEST_PATH) {
      words[2 * word.deepDirectories] = 1;
      last = start + lastSlash(bytes.subarray(start, start + LONGEST_PATH + 1));
      depth = this.#depthOf(bytes, start, last);
    } else {
      words[2 * word.rows] = 1;
      while (depth < 0 && last > start && bytes[last - 1] === SLASH) last--;
      words[2 * word.slashes] = end - last;
    }
    const at = 2 * row;
    const mtime = batch.column('mtime');
    if (!mtime.isNull(row)) {
      const { low, high } = halves(mtime.values);
      setTime(words, 2 * word.newestMtime, low[at], high[at + 1]);
      const { low: blocks } = halves(batch.column('blocks').values);
      addWord(words, 2 * word.blocks, blocks[at], blocks[at + 1]);
    }
    const listed = batch.column('file_count');
    if (!listed.isNull(row)) {
      const { low } = halves(listed.values);
      addWord(words, 2 * word.listed, low[at], low[at + 1]);
    }
    words[2 * word.flags] = flags;
    this.#directories.add(bytes, start, last, depth, words);
  }

  /** How deep the directory above a path is that is too long: by the roots, the outermost first. */
  #depthOf(bytes: Buffer, start: number, end: number): number {
    const path = bytes.toString('latin1', start, end);
    const root = this.#roots.find((one) => path === one || path.startsWith(`${one}/`)) ?? '';
    const below = path.slice(root.length).replace(/^\/+/, '');
    return below === '' ? -1 : below.split('/').length - 1;
  }
}

function flagsOf(state: string): number {
  if (missingStates.some((one) => one === state)) return flag.incomplete;
  return leftOutStates.some((one) => one === state) ? flag.leftOut : 0;
}

function isOne(nlink: NumberColumn, row: number): boolean {
  return nlink.values[row] <= 1 || nlink.isNull(row);
}

/** Where the last slash is, or the beginning. */
function lastSlash(bytes: Buffer): number {
  return Math.max(bytes.lastIndexOf(SLASH), 0);
}

/** 64-bit numbers as halves, the lower first; the upper half also with its sign. */
function halves(values: BigInt64Array | BigUint64Array): { low: Uint32Array; high: Int32Array } {
  const { buffer, byteOffset, length } = values;
  return {
    low: new Uint32Array(buffer, byteOffset, length * 2),
    high: new Int32Array(buffer, byteOffset, length * 2),
  };
}
