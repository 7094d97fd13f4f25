import { compareBytes, KeptBytes } from './key-bytes.js';
import type { Cursor } from './run-file.js';

/** Takes the words of a record with the same key into `to`. The order must not matter. */
export type Combine = (to: Uint32Array, from: Uint32Array) => void;

/**
 * Several cursors as one, in the order of the keys: a heap of those that have a record. With `combine`,
 * records with one key become one.
 */
export class MergedCursor implements Cursor {
  readonly words: Uint32Array;
  readonly start = 0;
  readonly #heap: Cursor[] = [];
  readonly #combine: Combine | null;
  readonly #key = new KeptBytes();
  #isAhead = false;

  constructor(cursors: readonly Cursor[], words: number, combine: Combine | null) {
    this.words = new Uint32Array(2 * words);
    this.#combine = combine;
    for (const cursor of cursors) {
      if (!cursor.next()) continue;
      this.#heap.push(cursor);
      this.#up(this.#heap.length - 1);
    }
  }

  get bytes(): Buffer {
    return this.#key.bytes;
  }

  get end(): number {
    return this.#key.length;
  }

  next(): boolean {
    if (this.#isAhead) this.#advance();
    this.#isAhead = false;
    const [first] = this.#heap;
    if (first === undefined) return false;
    this.#key.set(first.bytes, first.start, first.end);
    this.words.set(first.words);
    if (this.#combine === null) {
      this.#isAhead = true;
      return true;
    }
    for (this.#advance(); this.#isAgain(); this.#advance()) {
      this.#combine(this.words, this.#heap[0].words);
    }
    return true;
  }

  /** Whether the key of the first is that of the record before. */
  #isAgain(): boolean {
    const [first] = this.#heap;
    return first !== undefined && this.#key.equals(first.bytes, first.start, first.end);
  }

  #advance(): void {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined) return;
    if (!first.next()) {
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return;
      heap[0] = last;
    }
    this.#down();
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0; ) {
      const above = (at - 1) >> 1;
      if (compare(heap[above], heap[at]) <= 0) return;
      [heap[above], heap[at]] = [heap[at], heap[above]];
      at = above;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let least = at;
      for (let below = 2 * at + 1; below <= 2 * at + 2; below++) {
        if (below < heap.length && compare(heap[below], heap[least]) < 0) least = below;
      }
      if (least === at) return;
      [heap[least], heap[at]] = [heap[at], heap[least]];
      at = least;
    }
  }
}

function compare(a: Cursor, b: Cursor): number {
  return compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
}
