import { KeyMaker } from './directory-key.js';
import { compareBytes, copyBytes, KeptBytes, withRoom } from './key-bytes.js';
import type { Cursor } from './run-file.js';
import { SortedRecords } from './sorted-records.js';
import { addTotals, WORDS } from './totals.js';

const HALVES = 2 * WORDS;

/** Bytes of a directory in memory besides its key: its words, and its part of the other arrays. */
const PER_DIRECTORY = WORDS * 8 + 24;

/**
 * Totals of directories in memory, by key: a hash table in typed arrays that are taken once, and the keys in one
 * buffer. A map of strings would be marked by V8 again and again while batches come and go.
 */
export class DirectoryTotals {
  readonly #most: number;
  /** Of a place in the table: which directory plus 1, or 0 for none. */
  readonly #table: Uint32Array;
  readonly #words: Uint32Array;
  readonly #hashes: Uint32Array;
  /** Where keys end; the first begins at 0. */
  readonly #ends: Uint32Array;
  #keys: Buffer;
  #length = 0;
  #size = 0;
  readonly #maker = new KeyMaker();
  /** What was added to last: often a directory's row comes after those of its entries. */
  readonly #lastPath = new KeptBytes();
  #lastDepth = 0;
  #lastSlot = -1;

  /** @param most bytes they may take; it is full when they do, and takes two more */
  constructor(most: number) {
    const directories = Math.floor(most / PER_DIRECTORY) + 4;
    this.#most = most;
    // What has not been written to takes no memory yet.
    this.#table = new Uint32Array(2 ** Math.ceil(Math.log2(1.5 * directories)));
    this.#words = new Uint32Array(directories * HALVES);
    this.#hashes = new Uint32Array(directories);
    this.#ends = new Uint32Array(directories);
    this.#keys = Buffer.allocUnsafeSlow(Math.ceil(most));
  }

  get isFull(): boolean {
    return this.#length * PER_DIRECTORY + this.#size > this.#most;
  }

  /**
   * Adds to the directory whose path, without slashes at its end, lies from `start` to `end`.
   * @param depth -1 for a root; directories with one path below roots in each other differ by it
   */
  add(path: Buffer, start: number, end: number, depth: number, words: Uint32Array): void {
    const isLast =
      this.#lastSlot >= 0 && this.#lastDepth === depth && this.#lastPath.equals(path, start, end);
    if (!isLast) {
      this.#maker.make(path, start, end, depth);
      this.#lastSlot = this.#find();
      this.#lastDepth = depth;
      this.#lastPath.set(path, start, end);
    }
    addTotals(this.#words, words, this.#lastSlot * HALVES);
  }

  /** Which directory has the key that was made; it is added when there is none. */
  #find(): number {
    const { bytes, length, hash } = this.#maker;
    const mask = this.#table.length - 1;
    let at = hash & mask;
    for (; this.#table[at] !== 0; at = (at + 1) & mask) {
      const slot = this.#table[at] - 1;
      if (this.#hashes[slot] !== hash) continue;
      const start = slot === 0 ? 0 : this.#ends[slot - 1];
      if (compareBytes(this.#keys, start, this.#ends[slot], bytes, 0, length) === 0) return slot;
    }
    const slot = this.#length++;
    this.#table[at] = slot + 1;
    this.#hashes[slot] = hash;
    this.#keys = withRoom(this.#keys, this.#size, length);
    copyBytes(bytes, 0, length, this.#keys, this.#size);
    this.#size += length;
    this.#ends[slot] = this.#size;
    return slot;
  }

  /** The totals in the order of the directories' keys. Nothing may be added meanwhile. */
  sorted(): Cursor {
    const [length, keys, ends, words] = [this.#length, this.#keys, this.#ends, this.#words];
    return new SortedRecords({ length, keys, ends, words }, WORDS);
  }

  clear(): void {
    this.#table.fill(0);
    this.#words.fill(0, 0, this.#length * HALVES);
    this.#length = 0;
    this.#size = 0;
    this.#lastSlot = -1;
  }
}
