import { LONGEST_TIMER } from '../stop-request.js';

/** A part lasts at least so many times what the last commit took: so commits take at most 5 % of a scan. */
const LEAST_PARTS_OF_TIME = 20;

/** Bytes of a row in a file, until a part has told. */
const USUAL_BYTES_PER_ROW = 110;

export interface CutRules {
  /** Milliseconds of walking after which a part is cut. */
  readonly interval: number;
  /** Bytes at which a part is cut. */
  readonly partSize: number;
}

/** Says when a part has enough: after a time, or when its file is likely to be that large. */
export class PartCutter {
  readonly #rules: CutRules;
  #bytesPerRow = USUAL_BYTES_PER_ROW;
  #commitTime = 0;
  #beganAt = 0;
  /** When this part was cut, and the one before it, until this one has rows. */
  #cutAt: number | null = null;
  #lastCutAt: number | null = null;
  #rows = 0;
  #timer: NodeJS.Timeout | undefined;
  #cut: () => void = () => {};

  constructor(rules: CutRules) {
    this.#rules = rules;
  }

  /** A part begins, now. @param cut called once, when it has enough */
  begin(cut: () => void): void {
    this.#beganAt = performance.now();
    this.#rows = 0;
    this.#lastCutAt = this.#cutAt;
    this.#cutAt = null;
    this.#cut = () => {
      this.#cutAt = performance.now();
      this.end();
      cut();
    };
    this.#wait();
  }

  /** Rows that a part is likely to have at most. */
  get rows(): number {
    return this.#rules.partSize / this.#bytesPerRow;
  }

  /** The part has so many rows more. */
  count(rows: number): void {
    if (this.#lastCutAt !== null) {
      // From the last cut until rows came again: all that the commit has cost.
      this.#commitTime = performance.now() - this.#lastCutAt;
      this.#lastCutAt = null;
      if (this.#cutAt === null) this.#wait();
    }
    this.#rows += rows;
    if (this.#rows * this.#bytesPerRow >= this.#rules.partSize) this.#cut();
  }

  /** The part is not cut any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#cut = () => {};
  }

  #wait(): void {
    const least = Math.max(this.#rules.interval, LEAST_PARTS_OF_TIME * this.#commitTime);
    const left = this.#beganAt + Math.min(least, LONGEST_TIMER) - performance.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#cut(), left).unref();
  }

  /** What a part came to: the next is measured by it. */
  learn(rows: number, bytes: number): void {
    if (rows > 0) this.#bytesPerRow = bytes / rows;
  }
}
