/** Halves are carried over long before a double cannot hold their sum. */
const FULL = 2 ** 52;
const HALF = 2 ** 32;

/**
 * Sums of unsigned 64-bit numbers, one in each slot, exact however many and large they are: each half
 * of 32 bits is summed in a double and carried over when that is full, so that no BigInt is made for
 * a row.
 */
export class ExactSums {
  #low = new Float64Array(16);
  #high = new Float64Array(16);
  /** What the upper halves had to hand on, in units of 2^32. */
  readonly #carried = new Map<number, bigint>();

  add(slot: number, high: number, low: number): void {
    if (slot >= this.#low.length) this.#grow(slot);
    this.#low[slot] += low;
    this.#high[slot] += high;
    if (this.#low[slot] < FULL && this.#high[slot] < FULL) return;
    const units = BigInt(this.#high[slot]) + BigInt(Math.floor(this.#low[slot] / HALF));
    this.#carried.set(slot, (this.#carried.get(slot) ?? 0n) + units);
    this.#high[slot] = 0;
    this.#low[slot] %= HALF;
  }

  sum(slot: number): bigint {
    if (slot >= this.#low.length) return 0n;
    const units = (this.#carried.get(slot) ?? 0n) + BigInt(this.#high[slot]);
    return units * BigInt(HALF) + BigInt(this.#low[slot]);
  }

  #grow(slot: number): void {
    const length = Math.max(slot + 1, this.#low.length * 2);
    this.#low = grown(this.#low, length);
    this.#high = grown(this.#high, length);
  }
}

function grown(old: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(old);
  return longer;
}
