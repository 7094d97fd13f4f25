/**
 * The record in which changes go to the addon's threads and back, to the disk when a plan is large, and
 * from a plan file to be applied: little-endian, a multiple of 8 bytes, the path at its end. The layout
 * is that of cpp/core/change_record.hpp.
 */
export const recordLayout = {
  size: 0,
  path_length: 4,
  dev: 8,
  inode: 16,
  ctime_ns: 24,
  btime_ns: 32,
  mode: 40,
  uid: 44,
  gid: 48,
  nlink: 52,
  new_mode: 56,
  new_uid: 60,
  new_gid: 64,
  rules: 68,
  features: 72,
  depth: 76,
  status: 80,
  error: 84,
  got_mode: 88,
  got_uid: 92,
  got_gid: 96,
  checks: 100,
  widened: 104,
  path: 112,
} as const;

/** How work on a record ended; the order is that of `Status` in cpp/core/change_record.hpp. */
export const recordStatuses = [
  'pending',
  'ok',
  'done',
  'already',
  'stale',
  'vanished',
  'mount',
  'protected',
  'failed',
  'mismatch',
  'hardlink_outside',
] as const;
export type RecordStatus = (typeof recordStatuses)[number];

/** Bits of `features`: what an inode has besides owner, group and mode. */
export const features = {
  aclAccess: 1,
  aclDefault: 2,
  aclOther: 4,
  capability: 8,
  immutable: 16,
  appendOnly: 32,
} as const;

/** Bits of `checks`: what has to hold before a change. */
export const checks = { ctime: 1, features: 2, partial: 4 } as const;

/** The rules, by the bits of `rules`. */
export const ruleBits = {
  setgid: 1,
  group: 2,
  forceGroupWritable: 4,
  ensureGroupReadable: 8,
  owner: 16,
} as const;
export type Rule = keyof typeof ruleBits;

const NUL = 0;
const TYPE_BITS = 0o170000;
const DIRECTORY = 0o040000;

/** One change: a view of its record. */
export class Change {
  readonly bytes: Buffer;
  readonly at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  get size(): number {
    return this.#word(recordLayout.size);
  }
  /** The names of the inode, relative to the root, NUL between them. */
  get names(): Buffer {
    const start = this.at + recordLayout.path;
    return this.bytes.subarray(start, start + this.#word(recordLayout.path_length));
  }
  /** The first of the names. */
  get path(): Buffer {
    const names = this.names;
    const end = names.indexOf(NUL);
    return end < 0 ? names : names.subarray(0, end);
  }
  get dev(): bigint {
    return this.bytes.readBigUInt64LE(this.at + recordLayout.dev);
  }
  get inode(): bigint {
    return this.bytes.readBigUInt64LE(this.at + recordLayout.inode);
  }
  /** Nanoseconds since 1970. */
  get ctime(): bigint {
    return this.bytes.readBigInt64LE(this.at + recordLayout.ctime_ns);
  }
  /** Nanoseconds since 1970; 0 where the file system keeps none. */
  get btime(): bigint {
    return this.bytes.readBigInt64LE(this.at + recordLayout.btime_ns);
  }
  /** With the type bits. */
  get mode(): number {
    return this.#word(recordLayout.mode);
  }
  get uid(): number {
    return this.#word(recordLayout.uid);
  }
  get gid(): number {
    return this.#word(recordLayout.gid);
  }
  get nlink(): number {
    return this.#word(recordLayout.nlink);
  }
  /** Without the type bits. */
  get newMode(): number {
    return this.#word(recordLayout.new_mode);
  }
  get newUid(): number {
    return this.#word(recordLayout.new_uid);
  }
  get newGid(): number {
    return this.#word(recordLayout.new_gid);
  }
  get rules(): number {
    return this.#word(recordLayout.rules);
  }
  get features(): number {
    return this.#word(recordLayout.features);
  }
  get depth(): number {
    return this.bytes.readInt32LE(this.at + recordLayout.depth);
  }
  get status(): RecordStatus {
    return recordStatuses[this.#word(recordLayout.status)] ?? 'failed';
  }
  get errno(): number {
    return this.bytes.readInt32LE(this.at + recordLayout.error);
  }
  /** As found last, with the type bits. */
  get gotMode(): number {
    return this.#word(recordLayout.got_mode);
  }
  get gotUid(): number {
    return this.#word(recordLayout.got_uid);
  }
  get gotGid(): number {
    return this.#word(recordLayout.got_gid);
  }
  /** ACL entries that gain rights by the change. */
  get widened(): number {
    return this.#word(recordLayout.widened);
  }
  get isDirectory(): boolean {
    return (this.mode & TYPE_BITS) === DIRECTORY;
  }
  get permissions(): number {
    return this.mode & 0o7777;
  }

  /** Changes what is wanted. */
  want(mode: number, uid: number, gid: number, rules: number): void {
    this.#set(recordLayout.new_mode, mode);
    this.#set(recordLayout.new_uid, uid);
    this.#set(recordLayout.new_gid, gid);
    this.#set(recordLayout.rules, rules);
  }

  check(bits: number): void {
    this.#set(recordLayout.checks, bits);
  }

  #word(field: number): number {
    return this.bytes.readUInt32LE(this.at + field);
  }
  #set(field: number, value: number): void {
    this.bytes.writeUInt32LE(value, this.at + field);
  }
}

/** What a record is made from. */
export interface NewChange {
  readonly names: Uint8Array;
  readonly dev: bigint;
  readonly inode: bigint;
  readonly ctime?: bigint;
  readonly btime?: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly newMode: number;
  readonly newUid: number;
  readonly newGid: number;
  readonly rules?: number;
  readonly features?: number;
  readonly widened?: number;
  readonly depth?: number;
}

/** The columns of a scan that records are made from. */
export interface ScannedColumns {
  /** Columns of 64 bits as pairs of 32, low half first. */
  readonly dev: Uint32Array;
  readonly inode: Uint32Array;
  readonly mode: ArrayLike<number>;
  readonly uid: ArrayLike<number>;
  readonly gid: ArrayLike<number>;
  readonly nlink: ArrayLike<number>;
  readonly depth: ArrayLike<number>;
}

/** What an entry is to become. */
export interface Wanted {
  /** Without the type bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly rules: number;
}

const WORD = 4;

/** Records under construction, in one piece of memory. */
export class ChangeRecords {
  #bytes = allocate(16 * 1024);
  /** The same memory. */
  #words = wordsOf(this.#bytes);
  #end = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }
  get byteLength(): number {
    return this.#end;
  }

  append(change: NewChange): void {
    const at = this.#begin(change.names.byteLength);
    const bytes = this.#bytes;
    bytes.writeBigUInt64LE(change.dev, at + recordLayout.dev);
    bytes.writeBigUInt64LE(change.inode, at + recordLayout.inode);
    bytes.writeBigInt64LE(change.ctime ?? 0n, at + recordLayout.ctime_ns);
    bytes.writeBigInt64LE(change.btime ?? 0n, at + recordLayout.btime_ns);
    this.#image(at, change);
    this.#wanted(at, change.newMode, change.newUid, change.newGid, change.rules ?? 0);
    const words = this.#words;
    words[(at + recordLayout.features) / WORD] = change.features ?? 0;
    words[(at + recordLayout.widened) / WORD] = change.widened ?? 0;
    words[(at + recordLayout.depth) / WORD] = change.depth ?? 0;
    bytes.set(change.names, at + recordLayout.path);
  }

  /**
   * Appends the change of a scanned entry, without an object or a bigint per value.
   * @param bytes hold its path, from `start` to `end`
   */
  scanned(
    columns: ScannedColumns,
    row: number,
    bytes: Buffer,
    start: number,
    end: number,
    wanted: Wanted,
  ): void {
    const at = this.#begin(end - start);
    const words = this.#words;
    const first = at / WORD;
    words[first + recordLayout.dev / WORD] = columns.dev[row * 2];
    words[first + recordLayout.dev / WORD + 1] = columns.dev[row * 2 + 1];
    words[first + recordLayout.inode / WORD] = columns.inode[row * 2];
    words[first + recordLayout.inode / WORD + 1] = columns.inode[row * 2 + 1];
    words[first + recordLayout.mode / WORD] = columns.mode[row];
    words[first + recordLayout.uid / WORD] = columns.uid[row];
    words[first + recordLayout.gid / WORD] = columns.gid[row];
    words[first + recordLayout.nlink / WORD] = columns.nlink[row];
    words[first + recordLayout.depth / WORD] = columns.depth[row];
    this.#wanted(at, wanted.mode, wanted.uid, wanted.gid, wanted.rules);
    bytes.copy(this.#bytes, at + recordLayout.path, start, end);
  }

  /** Appends a record as it is. */
  copy(change: Change): void {
    const { size } = change;
    const at = this.#reserve(size);
    change.bytes.copy(this.#bytes, at, change.at, change.at + size);
  }

  /** The records so far, in memory of their own. */
  copyOut(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#end));
  }

  /** The records so far, in memory of their own; the builder is empty again afterwards. */
  finish(): Buffer {
    const bytes = this.copyOut();
    this.#end = 0;
    this.#length = 0;
    return bytes;
  }

  /** Makes room for a record, zero but for its sizes. */
  #begin(pathLength: number): number {
    const size = (recordLayout.path + pathLength + 7) & ~7;
    const at = this.#reserve(size);
    const words = this.#words;
    for (let word = at / WORD; word < (at + recordLayout.path) / WORD; word++) words[word] = 0;
    // What is behind the path is part of the record, too.
    words[(at + size) / WORD - 1] = 0;
    words[(at + size) / WORD - 2] = 0;
    words[at / WORD] = size;
    words[at / WORD + 1] = pathLength;
    return at;
  }

  #image(at: number, from: { mode: number; uid: number; gid: number; nlink: number }): void {
    const words = this.#words;
    const first = (at + recordLayout.mode) / WORD;
    words[first] = from.mode;
    words[first + 1] = from.uid;
    words[first + 2] = from.gid;
    words[first + 3] = from.nlink;
  }

  #wanted(at: number, mode: number, uid: number, gid: number, rules: number): void {
    const words = this.#words;
    const first = (at + recordLayout.new_mode) / WORD;
    words[first] = mode;
    words[first + 1] = uid;
    words[first + 2] = gid;
    words[first + 3] = rules;
  }

  #reserve(size: number): number {
    const at = this.#end;
    if (at + size > this.#bytes.length) {
      const grown = allocate(Math.max(this.#bytes.length * 2, at + size));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
      this.#words = wordsOf(grown);
    }
    this.#end += size;
    this.#length++;
    return at;
  }
}

/** Memory of its own, so that words lie at multiples of their size. */
function allocate(size: number): Buffer {
  return Buffer.from(new ArrayBuffer((size + 7) & ~7));
}

function wordsOf(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / WORD);
}

/** Views of records in a row, those of one depth each. */
export function* levelsOf(records: Buffer): Generator<Buffer> {
  let start = 0;
  let depth: number | null = null;
  for (const change of changesIn(records)) {
    if (depth !== null && change.depth !== depth) {
      yield records.subarray(start, change.at);
      start = change.at;
    }
    depth = change.depth;
  }
  if (start < records.length) yield records.subarray(start);
}

/** The changes in a piece of memory that holds whole records. */
export function* changesIn(records: Buffer): Generator<Change> {
  for (let at = 0; at < records.length; ) {
    const change = new Change(records, at);
    yield change;
    at += change.size;
  }
}
