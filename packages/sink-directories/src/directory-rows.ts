import { BigIntColumn, BoolColumn, type Column, type EntryBatch, NumberColumn } from '@pwalk/core';
import { PathRows } from './byte-rows.js';
import { directoriesSchema } from './directories-table.js';
import { tableBatch } from './table-batch.js';
import { addWord, flag, WORDS, word } from './totals.js';

/** Rows of a batch: few, as the sink keeps some of them, and garbage as large as they are comes after each. */
const ROWS = 2048;
/** Bytes of paths after which a batch is full: they may be long. */
const MOST_BYTES = 256 * 1024;

/** Makes batches of the directories table out of the words of trees. */
export class DirectoryRows {
  #length = 0;
  readonly #paths = new PathRows(ROWS);
  readonly #depths = new Int32Array(ROWS);
  readonly #columns = numberColumns();
  readonly #bits = bitColumns();

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === ROWS || this.#paths.size >= MOST_BYTES;
  }

  /**
   * @param path of the directory; it is copied
   * @param depth -1 for a root
   * @param trees words of all that is below it and of itself, in halves, from `from` on
   */
  append(path: Buffer, depth: number, trees: Uint32Array, from: number): void {
    const row = this.#length++;
    const tree = trees.subarray(from, from + 2 * WORDS);
    this.#paths.append(path);
    this.#depths[row] = depth;
    const at = 2 * row;
    const { files, directories, bytes, allocated, uniqueBytes, uniqueAllocated, mtime, atime } =
      this.#columns;
    copy(files, at, tree, word.files);
    copy(directories, at, tree, word.deepDirectories);
    copy(bytes, at, tree, word.bytes);
    add(bytes, at, tree, word.linkedBytes);
    copy(allocated, at, tree, word.blocks);
    add(allocated, at, tree, word.linkedBlocks);
    toBytes(allocated, at);
    copy(uniqueBytes, at, tree, word.bytes);
    add(uniqueBytes, at, tree, word.primaryBytes);
    copy(uniqueAllocated, at, tree, word.blocks);
    add(uniqueAllocated, at, tree, word.primaryBlocks);
    toBytes(uniqueAllocated, at);
    const { hasMtime, hasAtime, incomplete, leftOut } = this.#bits;
    if (copyTime(mtime, at, tree, word.newestMtime)) mark(hasMtime, row);
    if (copyTime(atime, at, tree, word.newestAtime)) mark(hasAtime, row);
    const flags = tree[2 * word.flags];
    if ((flags & flag.incomplete) !== 0) mark(incomplete, row);
    if ((flags & flag.leftOut) !== 0) mark(leftOut, row);
  }

  /** The rows so far, in memory of their own. */
  finish(): EntryBatch {
    const length = this.#length;
    const whole = (halves: Uint32Array) =>
      new BigIntColumn('uint64', new BigUint64Array(halves.slice(0, 2 * length).buffer));
    const time = (halves: Uint32Array, validity: Uint8Array) =>
      new BigIntColumn(
        'timestamp',
        new BigInt64Array(halves.slice(0, 2 * length).buffer),
        taken(validity, length),
      );
    const numbers = this.#columns;
    const { hasMtime, hasAtime, incomplete, leftOut } = this.#bits;
    const { path, raw } = this.#paths.finish();
    const columns = new Map<string, Column>([
      ['path', path],
      ['path_raw', raw],
      ['depth', new NumberColumn('int32', this.#depths.slice(0, length))],
      ['tree_files', whole(numbers.files)],
      ['tree_dirs', whole(numbers.directories)],
      ['tree_bytes', whole(numbers.bytes)],
      ['tree_allocated', whole(numbers.allocated)],
      ['tree_bytes_unique', whole(numbers.uniqueBytes)],
      ['tree_allocated_unique', whole(numbers.uniqueAllocated)],
      ['newest_mtime', time(numbers.mtime, hasMtime)],
      ['newest_atime', time(numbers.atime, hasAtime)],
      ['incomplete', new BoolColumn(length, taken(incomplete, length))],
      ['left_out', new BoolColumn(length, taken(leftOut, length))],
    ]);
    this.#length = 0;
    return tableBatch(directoriesSchema, columns);
  }
}

function numberColumns() {
  return {
    files: halves(),
    directories: halves(),
    bytes: halves(),
    allocated: halves(),
    uniqueBytes: halves(),
    uniqueAllocated: halves(),
    mtime: halves(),
    atime: halves(),
  };
}

function halves(): Uint32Array {
  return new Uint32Array(2 * ROWS);
}

function bitColumns() {
  const bits = () => new Uint8Array(ROWS / 8);
  return { hasMtime: bits(), hasAtime: bits(), incomplete: bits(), leftOut: bits() };
}

/** The bits of so many rows; then none is set. */
function taken(bits: Uint8Array, rows: number): Uint8Array {
  const copied = bits.slice(0, (rows + 7) >> 3);
  bits.fill(0);
  return copied;
}

function mark(of: Uint8Array, row: number): void {
  of[row >> 3] |= 1 << (row & 7);
}

function copy(to: Uint32Array, at: number, tree: Uint32Array, from: number): void {
  to[at] = tree[2 * from];
  to[at + 1] = tree[2 * from + 1];
}

function add(to: Uint32Array, at: number, tree: Uint32Array, from: number): void {
  addWord(to, at, tree[2 * from], tree[2 * from + 1]);
}

/** Blocks of 512 bytes as bytes, as many as 64 bits hold. */
function toBytes(blocks: Uint32Array, at: number): void {
  const [low, high] = [blocks[at], blocks[at + 1]];
  const isTooMuch = high >= 1 << 23;
  blocks[at] = isTooMuch ? 0xffff_ffff : low << 9;
  blocks[at + 1] = isTooMuch ? 0xffff_ffff : (high << 9) | (low >>> 23);
}

/** @returns false where there is none */
function copyTime(to: Uint32Array, at: number, tree: Uint32Array, from: number): boolean {
  const [low, high] = [tree[2 * from], tree[2 * from + 1]];
  if (low === 0 && high === 0) return false;
  to[at] = low;
  to[at + 1] = high ^ 0x8000_0000;
  return true;
}
