import { isUtf8 } from 'node:buffer';
import {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  decodeName,
  EntryBatch,
  NumberColumn,
  Utf8Column,
} from '@pwalk/core';
import { directoriesSchema } from './directories-table.js';
import { addWord, flag, word } from './totals.js';

/** Rows of a batch: few, as the sink keeps some of them, and garbage as large as they are comes after each. */
const ROWS = 2048;
/** Bytes of paths after which a batch is full: they may be long. */
const MOST_BYTES = 256 * 1024;

/** Makes batches of the directories table out of the words of trees. */
export class DirectoryRows {
  #length = 0;
  readonly #paths = new ByteRows();
  readonly #raw = new ByteRows();
  #depths = new Int32Array(memory(4));
  #columns = numberColumns();
  #incomplete = bits();
  #leftOut = bits();
  #isRaw = bits();
  #hasMtime = bits();
  #hasAtime = bits();

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === ROWS || this.#paths.size >= MOST_BYTES;
  }

  /**
   * @param path of the directory; it is copied
   * @param depth -1 for a root
   * @param tree words of all that is below it and of itself, in halves
   */
  append(path: Buffer, depth: number, tree: Uint32Array): void {
    const row = this.#length++;
    if (isUtf8(path)) {
      this.#paths.append(path);
    } else {
      this.#paths.append(Buffer.from(decodeName(path).text));
      this.#raw.append(path);
      mark(this.#isRaw, row);
    }
    this.#paths.end();
    this.#raw.end();
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
    if (copyTime(mtime, at, tree, word.newestMtime)) mark(this.#hasMtime, row);
    if (copyTime(atime, at, tree, word.newestAtime)) mark(this.#hasAtime, row);
    const flags = tree[2 * word.flags];
    if ((flags & flag.incomplete) !== 0) mark(this.#incomplete, row);
    if ((flags & flag.leftOut) !== 0) mark(this.#leftOut, row);
  }

  finish(): EntryBatch {
    const length = this.#length;
    const whole = (halves: Uint32Array) =>
      new BigIntColumn('uint64', new BigUint64Array(halves.buffer, 0, length));
    const time = (halves: Uint32Array, validity: Uint8Array) =>
      new BigIntColumn('timestamp', new BigInt64Array(halves.buffer, 0, length), validity);
    const numbers = this.#columns;
    const paths = this.#paths.finish(length);
    const raw = this.#raw.finish(length);
    const columns = new Map<string, Column>([
      ['path', new Utf8Column(paths.offsets, paths.bytes)],
      ['path_raw', new BinaryColumn(raw.offsets, raw.bytes, this.#isRaw)],
      ['depth', new NumberColumn('int32', this.#depths.subarray(0, length))],
      ['tree_files', whole(numbers.files)],
      ['tree_dirs', whole(numbers.directories)],
      ['tree_bytes', whole(numbers.bytes)],
      ['tree_allocated', whole(numbers.allocated)],
      ['tree_bytes_unique', whole(numbers.uniqueBytes)],
      ['tree_allocated_unique', whole(numbers.uniqueAllocated)],
      ['newest_mtime', time(numbers.mtime, this.#hasMtime)],
      ['newest_atime', time(numbers.atime, this.#hasAtime)],
      ['incomplete', new BoolColumn(length, this.#incomplete)],
      ['left_out', new BoolColumn(length, this.#leftOut)],
    ]);
    this.#length = 0;
    this.#depths = new Int32Array(memory(4));
    this.#columns = numberColumns();
    this.#incomplete = bits();
    this.#leftOut = bits();
    this.#isRaw = bits();
    this.#hasMtime = bits();
    this.#hasAtime = bits();
    return EntryBatch.of(directoriesSchema, columns);
  }
}

/** Values of different lengths, one after the other. */
class ByteRows {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #offsets = new Int32Array(memory(4, ROWS + 1));
  #rows = 0;
  size = 0;

  /** Appends to the value that the next `end` ends. */
  append(value: Buffer): void {
    if (this.size + value.length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(2 * (this.size + value.length));
      this.#bytes.copy(grown, 0, 0, this.size);
      this.#bytes = grown;
    }
    value.copy(this.#bytes, this.size);
    this.size += value.length;
  }

  end(): void {
    this.#offsets[++this.#rows] = this.size;
  }

  finish(rows: number): { offsets: Int32Array; bytes: Uint8Array } {
    const bytes = new Uint8Array(this.size);
    bytes.set(this.#bytes.subarray(0, this.size));
    const offsets = this.#offsets.subarray(0, rows + 1);
    this.#offsets = new Int32Array(memory(4, ROWS + 1));
    this.#rows = 0;
    this.size = 0;
    return { offsets, bytes };
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
  return new Uint32Array(memory(8));
}

/** Not shared: V8 knows how large it is, and collects it in time. */
function memory(width: number, rows = ROWS): ArrayBuffer {
  return new ArrayBuffer(width * rows);
}

function bits(): Uint8Array {
  return new Uint8Array(ROWS / 8);
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
