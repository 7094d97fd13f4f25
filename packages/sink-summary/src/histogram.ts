import { ExactSums } from './exact-sums.js';

/** One step of a histogram: the files up to a bound that are above the one before. */
export interface Bucket {
  /** The highest value in it; null for what is above every bound. */
  readonly upTo: number | null;
  readonly files: number;
  readonly bytes: bigint;
}

/** Files and their bytes by some number. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #files: number[];
  readonly #bytes = new ExactSums();
  #sum = 0;

  /** @param bounds ascending */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#files = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** @param high, low the halves of the file's size */
  add(value: number, high: number, low: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > this.#bounds[at]) at++;
    this.#files[at]++;
    this.#bytes.add(at, high, low);
    this.#sum += value;
  }

  /** The sum of the values, as exact as a double is. */
  get sum(): number {
    return this.#sum;
  }

  buckets(): readonly Bucket[] {
    return this.#files.map((files, at) => ({
      upTo: this.#bounds[at] ?? null,
      files,
      bytes: this.#bytes.sum(at),
    }));
  }
}
