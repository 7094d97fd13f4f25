import type { Change } from './change.js';
import { recordLayout, WORD, wordsOf } from './record-layout.js';

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
    const words = this.#words;
    const first = at / WORD;
    words[first + recordLayout.mode / WORD] = change.mode;
    words[first + recordLayout.uid / WORD] = change.uid;
    words[first + recordLayout.gid / WORD] = change.gid;
    words[first + recordLayout.nlink / WORD] = change.nlink;
    words[first + recordLayout.new_mode / WORD] = change.newMode;
    words[first + recordLayout.new_uid / WORD] = change.newUid;
    words[first + recordLayout.new_gid / WORD] = change.newGid;
    words[first + recordLayout.rules / WORD] = change.rules ?? 0;
    words[first + recordLayout.features / WORD] = change.features ?? 0;
    words[first + recordLayout.widened / WORD] = change.widened ?? 0;
    words[first + recordLayout.depth / WORD] = change.depth ?? 0;
    bytes.set(change.names, at + recordLayout.path);
  }

  /** Appends a record as it is. */
  copy(change: Change): void {
    const { size, words: from } = change;
    const first = change.at / WORD;
    const to = this.#reserve(size, 1) / WORD;
    const words = this.#words;
    for (let word = 0; word < size / WORD; word++) words[to + word] = from[first + word];
  }

  /** Appends records as they are. @param length how many they are */
  copyAll(records: Buffer, length: number): void {
    const at = this.#reserve(records.length, length);
    records.copy(this.#bytes, at);
  }

  /** The records so far, where they are: until more are appended. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  /** The records so far, in memory of their own; the builder is empty again afterwards. */
  finish(): Buffer {
    const bytes = Buffer.from(this.view());
    this.clear();
    return bytes;
  }

  /**
   * The records so far, with the memory they are in; the builder is empty again.
   * @param next the memory it goes on with; a multiple of 8 bytes
   */
  handOver(next: Buffer): Buffer {
    const bytes = this.view();
    this.#bytes = next;
    this.#words = wordsOf(next);
    this.clear();
    return bytes;
  }

  /** Empties the builder, whose memory is used again. */
  clear(): void {
    this.#end = 0;
    this.#length = 0;
  }

  /** Makes room for a record, zero but for its sizes. */
  #begin(pathLength: number): number {
    const size = (recordLayout.path + pathLength + 7) & ~7;
    const at = this.#reserve(size, 1);
    const words = this.#words;
    for (let word = at / WORD; word < (at + recordLayout.path) / WORD; word++) words[word] = 0;
    // What is behind the path is part of the record, too.
    words[(at + size) / WORD - 1] = 0;
    words[(at + size) / WORD - 2] = 0;
    words[at / WORD] = size;
    words[at / WORD + 1] = pathLength;
    return at;
  }

  #reserve(size: number, length: number): number {
    const at = this.#end;
    if (at + size > this.#bytes.length) {
      const grown = allocate(Math.max(this.#bytes.length * 2, at + size));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
      this.#words = wordsOf(grown);
    }
    this.#end += size;
    this.#length += length;
    return at;
  }
}

/** Memory of its own, so that words lie at multiples of their size. */
export function allocate(size: number): Buffer {
  return Buffer.from(new ArrayBuffer((size + 7) & ~7));
}
