import { compareBytes } from './key-bytes.js';
import type { Cursor } from './run-file.js';

/** Records in memory: their keys one after the other, and their words in halves in the same order. */
export interface Records {
  readonly length: number;
  readonly keys: Buffer;
  /** Where keys end; the first begins at 0. */
  readonly ends: Uint32Array;
  readonly words: Uint32Array;
}

/** Goes through records in memory in the order of their keys. They stay where they are. */
export class SortedRecords implements Cursor {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly #records: Records;
  readonly #order: Uint32Array;
  #at = -1;
  start = 0;
  end = 0;

  /** @param words of a record */
  constructor(records: Records, words: number) {
    const { length, keys, ends } = records;
    this.#records = records;
    this.bytes = keys;
    this.words = new Uint32Array(2 * words);
    const startOf = (slot: number) => (slot === 0 ? 0 : ends[slot - 1]);
    this.#order = Uint32Array.from({ length }, (_, slot) => slot).sort((a, b) =>
      compareBytes(keys, startOf(a), ends[a], keys, startOf(b), ends[b]),
    );
  }

  next(): boolean {
    if (this.#at + 1 >= this.#order.length) return false;
    const slot = this.#order[++this.#at];
    const { ends, words } = this.#records;
    this.start = slot === 0 ? 0 : ends[slot - 1];
    this.end = ends[slot];
    const from = slot * this.words.length;
    for (let i = 0; i < this.words.length; i++) this.words[i] = words[from + i];
    return true;
  }
}
