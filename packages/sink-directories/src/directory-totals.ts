import { KeyMaker } from './directory-key.js';
import type { Cursor } from './run-file.js';
import { addTotals, WORDS } from './totals.js';

const HALVES = 2 * WORDS;

/** Bytes of a directory in memory besides its path: its words, and its part of the other arrays. */
const PER_DIRECTORY = WORDS * 8 + 40;

/**
 * Totals of directories in memory, by path: a hash table in typed arrays and the paths in one buffer. A map of
 * strings would be marked by V8 again and again while batches come and go.
 */
export class DirectoryTotals {
  /** Of a place in the table: which directory plus 1, or 0 for none. */
  #table = new Uint32Array(4096);
  #length = 0;
  #words = new Uint32Array(1024 * HALVES);
  #depths = new Int32Array(1024);
  #hashes = new Uint32Array(1024);
  /** Where paths end; the first begins at 0. */
  #ends = new Float64Array(1024);
  #paths = Buffer.allocUnsafeSlow(64 * 1024);

  /** An estimate of the memory it takes. */
  get bytes(): number {
    return this.#length * PER_DIRECTORY + this.#endOf(this.#length - 1);
  }

  /**
   * Adds to the directory whose path, without slashes at its end, lies from `start` to `end`.
   * @param depth -1 for a root; directories with one path below roots in each other differ by it
   */
  add(bytes: Uint8Array, start: number, end: number, depth: number, words: Uint32Array): void {
    const hash = hashOf(bytes, start, end, depth);
    const mask = this.#table.length - 1;
    let at = hash & mask;
    for (; this.#table[at] !== 0; at = (at + 1) & mask) {
      const slot = this.#table[at] - 1;
      if (this.#hashes[slot] !== hash || this.#depths[slot] !== depth) continue;
      if (!this.#hasPath(slot, bytes, start, end)) continue;
      addTotals(this.#words, words, slot * HALVES);
      return;
    }
    const slot = this.#take(bytes, start, end, depth, hash);
    this.#table[at] = slot + 1;
    addTotals(this.#words, words, slot * HALVES);
    if (this.#length * 2 > this.#table.length) this.#growTable();
  }

  #endOf(slot: number): number {
    return slot < 0 ? 0 : this.#ends[slot];
  }

  #hasPath(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#endOf(slot - 1);
    const length = end - start;
    if (this.#ends[slot] - from !== length) return false;
    const paths = this.#paths;
    for (let i = 0; i < length; i++) if (paths[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #take(bytes: Uint8Array, start: number, end: number, depth: number, hash: number): number {
    const slot = this.#length++;
    if (slot === this.#depths.length) {
      const many = slot * 2;
      this.#words = grown(this.#words, new Uint32Array(many * HALVES));
      this.#depths = grown(this.#depths, new Int32Array(many));
      this.#hashes = grown(this.#hashes, new Uint32Array(many));
      this.#ends = grown(this.#ends, new Float64Array(many));
    }
    const from = this.#endOf(slot - 1);
    const to = from + end - start;
    if (to > this.#paths.length) {
      this.#paths = grown(this.#paths, Buffer.allocUnsafeSlow(2 * to));
    }
    for (let i = start; i < end; i++) this.#paths[from + i - start] = bytes[i];
    this.#ends[slot] = to;
    this.#depths[slot] = depth;
    this.#hashes[slot] = hash;
    return slot;
  }

  #growTable(): void {
    this.#table = new Uint32Array(this.#table.length * 4);
    const mask = this.#table.length - 1;
    for (let slot = 0; slot < this.#length; slot++) {
      let at = this.#hashes[slot] & mask;
      while (this.#table[at] !== 0) at = (at + 1) & mask;
      this.#table[at] = slot + 1;
    }
  }

  /** The totals in the order of the directories' keys. Nothing may be added meanwhile. */
  sorted(): Cursor {
    const keys: string[] = [];
    const maker = new KeyMaker();
    for (let slot = 0; slot < this.#length; slot++) {
      const [start, end] = [this.#endOf(slot - 1), this.#ends[slot]];
      keys.push(maker.keyOf(this.#paths, start, end, this.#depths[slot]));
    }
    return new SortedWords(keys, this.#words, WORDS);
  }

  clear(): void {
    this.#table.fill(0);
    this.#words.fill(0);
    this.#length = 0;
  }
}

function grown<A extends Uint32Array | Int32Array | Float64Array | Uint8Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** FNV-1a, mixed once more at its end: the table takes its lower bits. */
function hashOf(bytes: Uint8Array, start: number, end: number, depth: number): number {
  let hash = 0x811c_9dc5 ^ depth;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Records in memory, in the order of their keys. */
export class SortedWords implements Cursor {
  readonly words: Uint32Array;
  readonly #keys: readonly string[];
  readonly #all: Uint32Array;
  readonly #order: Uint32Array;
  #at = -1;

  /** @param all the words of each record in halves, as the keys lie */
  constructor(keys: readonly string[], all: Uint32Array, words: number) {
    this.#keys = keys;
    this.#all = all;
    this.words = new Uint32Array(2 * words);
    this.#order = Uint32Array.from(keys, (_, at) => at).sort((a, b) =>
      keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0,
    );
  }

  get key(): string {
    return this.#keys[this.#order[this.#at]];
  }

  next(): boolean {
    if (this.#at + 1 >= this.#order.length) return false;
    const from = this.#order[++this.#at] * this.words.length;
    for (let i = 0; i < this.words.length; i++) this.words[i] = this.#all[from + i];
    return true;
  }
}
