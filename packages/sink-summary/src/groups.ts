import { ExactSums } from './exact-sums.js';

/** What a group came to. */
export interface GroupTotal<K> {
  /** Null for what has no key, or no place of its own. */
  readonly key: K | null;
  readonly entries: number;
  /** Apparent bytes of everything but directories. */
  readonly bytes: bigint;
  /** Allocated bytes. */
  readonly allocated: bigint;
}

/** Position of the rows that have no key: an owner that is not known, an extension beyond the limit. */
export const NO_KEY = 0;

/** Totals by some key, each in a slot of its own. */
export class Groups<K> {
  readonly #slots = new Map<K, number>();
  readonly #keys: (K | null)[] = [null];
  readonly #limit: number;
  readonly #entries: number[] = [0];
  readonly #bytes = new ExactSums();
  readonly #blocks = new ExactSums();

  /** @param limit most keys that are told apart; the rest share the slot of no key */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The slot of a key, or `NO_KEY` beyond the limit. */
  slotOf(key: K): number {
    const known = this.#slots.get(key);
    if (known !== undefined) return known;
    if (this.#keys.length > this.#limit) return NO_KEY;
    const slot = this.#keys.length;
    this.#slots.set(key, slot);
    this.#keys.push(key);
    this.#entries.push(0);
    return slot;
  }

  count(slot: number): void {
    this.#entries[slot]++;
  }

  addBytes(slot: number, high: number, low: number): void {
    this.#bytes.add(slot, high, low);
  }

  addBlocks(slot: number, high: number, low: number): void {
    this.#blocks.add(slot, high, low);
  }

  /** Groups that have entries, the largest first. */
  totals(): readonly GroupTotal<K>[] {
    return this.#keys
      .map((key, slot) => ({
        key,
        entries: this.#entries[slot],
        bytes: this.#bytes.sum(slot),
        allocated: this.#blocks.sum(slot) * 512n,
      }))
      .filter(({ entries }) => entries > 0)
      .toSorted((a, b) => Number(b.bytes - a.bytes) || b.entries - a.entries);
  }
}
