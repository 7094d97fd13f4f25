import {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  DictionaryColumn,
  EntryBatch,
  type EntrySchema,
  entryTypes,
  type Field,
  NumberColumn,
  Utf8Column,
} from '@pwalk/core';
import { HALF, sizeOf, timeOf } from './attributes.js';
import type { TreeWalk } from './tree-walk.js';

const FILE = entryTypes.indexOf('file');
const DIRECTORY = entryTypes.indexOf('directory');
const FILE_MODE = 0o100644;
const DIRECTORY_MODE = 0o040755;
const DIRECTORY_SIZE = 4096;
const DEVICE = 2049;
const OWNER = 1000;
const EXTENSION = 'dat';

/** Columns that have no value in any row. */
const absent = new Set(['path_raw', 'errno', 'mnt_id', 'owner', 'group']);

type Words = Uint32Array<ArrayBufferLike>;

/** The bytes of a file's path, and of its name, which is the end of that. */
export interface FilePath {
  readonly path: Uint8Array;
  readonly name: Uint8Array;
}

/** The bytes of a column of text and where its rows end. */
interface Text {
  readonly offsets: Int32Array;
  readonly bytes: Buffer<ArrayBufferLike>;
}

/**
 * The memory of a batch of made-up entries, as Arrow columns: what is the same in every row is written once,
 * 64-bit numbers in halves, and columns that nobody asked for into one place that is never read. Filled,
 * finished, and when the batch is acknowledged begun again.
 */
export class BatchMemory {
  readonly #schema: EntrySchema;
  readonly #most: number;
  readonly #make: (bytes: number) => ArrayBufferLike;
  readonly #buffers = new Map<string, ArrayBufferLike>();
  readonly #texts = new Map<string, Text>();
  readonly #path: Text;
  readonly #name: Text;
  readonly #ext: Text;
  readonly #type: Uint8Array;
  readonly #isHardlink: Uint8Array;
  readonly #depth: Words;
  readonly #mode: Words;
  readonly #nlink: Words;
  readonly #inode: Words;
  readonly #parentInode: Words;
  readonly #size: Words;
  readonly #blocks: Words;
  readonly #times: readonly Words[];
  readonly #fileCount: Words;
  readonly #dirSum: Words;
  /** Which rows are directories: where the two have a value. */
  readonly #isDirectory: Uint8Array;
  rows = 0;
  /** Apparent bytes of the files. */
  fileBytes = 0;

  /**
   * @param rows most rows
   * @param longest bytes of the longest path
   * @param isShared other threads may read it
   */
  constructor(schema: EntrySchema, rows: number, longest: number, isShared: boolean) {
    this.#schema = schema;
    this.#most = rows;
    this.#make = (bytes) => (isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
    const scratch = this.#make(rows * 8);
    for (const field of schema.fields) {
      if (field.type === 'utf8' || field.type === 'binary') continue;
      this.#buffers.set(field.name, this.#make(widthOf(field) * rows));
    }
    const buffer = (name: string) => this.#buffers.get(name) ?? scratch;
    const words = (name: string): Words => new Uint32Array(buffer(name));
    this.#path = this.#text('path', Math.max(rows * 128, longest));
    this.#name = this.#text('name', rows * 256);
    this.#ext = this.#text('ext', rows * EXTENSION.length);
    this.#ext.bytes.fill(EXTENSION);
    for (const name of absent) this.#text(name, 0);
    this.#type = new Uint8Array(buffer('type'));
    this.#isHardlink = new Uint8Array(buffer('is_hardlink'));
    this.#isDirectory = new Uint8Array(this.#make((rows + 7) >> 3));
    this.#depth = words('depth');
    this.#mode = words('mode');
    this.#nlink = words('nlink');
    this.#inode = words('inode');
    this.#parentInode = words('parent_inode');
    this.#size = words('size');
    this.#blocks = words('blocks');
    this.#times = ['atime', 'mtime', 'ctime', 'btime'].map(words);
    this.#fileCount = words('file_count');
    this.#dirSum = words('dir_sum');
    words('uid').fill(OWNER);
    words('gid').fill(OWNER);
    const device = words('dev');
    for (let row = 0; row < rows; row++) device[2 * row] = DEVICE;
  }

  /** Begins anew. */
  clear(): void {
    this.rows = 0;
    this.fileBytes = 0;
    this.#isHardlink.fill(0);
    this.#isDirectory.fill(0);
  }

  /** Rows that still fit. @param length bytes of the path of each */
  roomFor(length: number): number {
    const { offsets, bytes } = this.#path;
    const left = bytes.length - offsets[this.rows];
    return Math.min(this.#most - this.rows, Math.floor(left / length));
  }

  /**
   * Adds a file of the directory that is walked.
   * @param low lower half of its inode; `high` the upper
   * @returns its size
   */
  addFile(
    walk: TreeWalk,
    { path, name }: FilePath,
    low: number,
    high: number,
    nlink: number,
  ): number {
    const row = this.rows++;
    append(this.#path, row, path);
    append(this.#name, row, name);
    this.#ext.offsets[row + 1] = this.#ext.offsets[row] + EXTENSION.length;
    this.#type[row] = FILE;
    if (nlink > 1) this.#isHardlink[row >> 3] |= 1 << (row & 7);
    this.#mode[row] = FILE_MODE;
    const size = sizeOf(low, high);
    this.#addStat(row, walk.depth + 1, low, high, walk.inode, nlink, size);
    this.fileBytes += size;
    return size;
  }

  /** Adds the row of the directory that is walked. @param sum apparent bytes of its files */
  addDirectory(walk: TreeWalk, sum: number): void {
    const row = this.rows++;
    append(this.#path, row, walk.path.subarray(0, walk.length));
    append(this.#name, row, walk.path.subarray(walk.nameAt, walk.length));
    this.#ext.offsets[row + 1] = this.#ext.offsets[row];
    this.#type[row] = DIRECTORY;
    this.#isDirectory[row >> 3] |= 1 << (row & 7);
    this.#mode[row] = DIRECTORY_MODE;
    this.#fileCount[2 * row] = walk.files + walk.directories;
    const total = sum + walk.directories * DIRECTORY_SIZE;
    this.#dirSum[2 * row] = total;
    this.#dirSum[2 * row + 1] = total / HALF;
    const links = 2 + walk.directories;
    this.#addStat(row, walk.depth, walk.inode, 0, walk.parentInode, links, DIRECTORY_SIZE);
  }

  #addStat(
    row: number,
    depth: number,
    low: number,
    high: number,
    parent: number,
    nlink: number,
    size: number,
  ): void {
    const at = 2 * row;
    this.#depth[row] = depth;
    this.#inode[at] = low;
    this.#inode[at + 1] = high;
    this.#parentInode[at] = parent;
    this.#parentInode[at + 1] = parent / HALF;
    this.#nlink[row] = nlink;
    this.#size[at] = size;
    this.#blocks[at] = ((size + 4095) >>> 12) << 3;
    const time = timeOf(low, high);
    const upper = Math.floor(time / HALF);
    for (const column of this.#times) {
      column[at] = time;
      column[at + 1] = upper;
    }
  }

  /** The rows so far as a batch over this memory. */
  finish(): EntryBatch {
    const columns = this.#schema.fields.map(
      (field) => [field.name, this.#column(field)] as [string, Column],
    );
    return EntryBatch.of(this.#schema, new Map(columns));
  }

  #column(field: Field): Column {
    const { rows } = this;
    const { name } = field;
    const validity = absent.has(name)
      ? new Uint8Array(this.#make((rows + 7) >> 3))
      : name === 'file_count' || name === 'dir_sum'
        ? this.#isDirectory.subarray(0, (rows + 7) >> 3)
        : null;
    const text = this.#texts.get(name);
    if (text !== undefined) {
      const offsets = text.offsets.subarray(0, rows + 1);
      const bytes = new Uint8Array(text.bytes.buffer, text.bytes.byteOffset, offsets[rows]);
      return field.type === 'utf8'
        ? new Utf8Column(offsets, bytes, validity)
        : new BinaryColumn(offsets, bytes, validity);
    }
    const buffer = this.#buffers.get(name) ?? this.#make(0);
    switch (field.type) {
      case 'dictionary':
        return new DictionaryColumn(new Uint8Array(buffer, 0, rows), field.values ?? [], validity);
      case 'bool':
        return new BoolColumn(rows, new Uint8Array(buffer, 0, (rows + 7) >> 3), validity);
      case 'int32':
        return new NumberColumn('int32', new Int32Array(buffer, 0, rows), validity);
      case 'uint32':
        return new NumberColumn('uint32', new Uint32Array(buffer, 0, rows), validity);
      case 'uint64':
        return new BigIntColumn('uint64', new BigUint64Array(buffer, 0, rows), validity);
      case 'timestamp':
        return new BigIntColumn('timestamp', new BigInt64Array(buffer, 0, rows), validity);
      default:
        throw new TypeError(`the entries table has no column of type ${field.type}`);
    }
  }

  #text(name: string, bytes: number): Text {
    const text = {
      offsets: new Int32Array(this.#make(4 * (this.#most + 1))),
      bytes: Buffer.from(this.#make(bytes) as ArrayBuffer),
    };
    const type = this.#schema.field(name)?.type;
    if (type === 'utf8' || type === 'binary') this.#texts.set(name, text);
    return text;
  }
}

function widthOf({ type }: Field): number {
  return type === 'dictionary' || type === 'bool' ? 1 : type.endsWith('32') ? 4 : 8;
}

function append({ offsets, bytes }: Text, row: number, text: Uint8Array): void {
  const at = offsets[row];
  bytes.set(text, at);
  offsets[row + 1] = at + text.length;
}
