import type { DirectoryTotals } from './directory-totals.js';
import { sameBytes } from './key-bytes.js';
import { addWord, setTime, WORDS, word } from './totals.js';

const HIGH = 2 ** 32;

/**
 * Sums of rows that follow each other and are in one directory: 64-bit numbers in halves, whose sums a double
 * holds exactly for as many rows as a batch has. They go to the totals when the directory ends; the batch
 * its path lies in has to be there until then.
 */
export class DirectoryRun {
  files = 0;
  depth = 0;
  flags = 0;
  sizeLow = 0;
  sizeHigh = 0;
  linkedSizeLow = 0;
  linkedSizeHigh = 0;
  blocksLow = 0;
  blocksHigh = 0;
  linkedBlocksLow = 0;
  linkedBlocksHigh = 0;
  #isTimed = false;
  #mtimeLow = 0;
  #mtimeHigh = 0;
  #atimeLow = 0;
  #atimeHigh = 0;
  #bytes: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #start = 0;
  #length = 0;
  readonly #directories: DirectoryTotals;
  readonly #words = new Uint32Array(2 * WORDS);

  constructor(directories: DirectoryTotals) {
    this.#directories = directories;
  }

  /** @param bytes in which the path of the directory is, from `start` to `end` */
  begin(bytes: Buffer, start: number, end: number, depth: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#length = end - start;
    this.depth = depth;
    this.flags = 0;
    this.sizeLow = this.sizeHigh = this.linkedSizeLow = this.linkedSizeHigh = 0;
    this.blocksLow = this.blocksHigh = this.linkedBlocksLow = this.linkedBlocksHigh = 0;
    this.#isTimed = false;
    this.#mtimeHigh = this.#atimeHigh = -HIGH;
    this.#mtimeLow = this.#atimeLow = 0;
  }

  /** Whether the directory is the same. */
  isIn(bytes: Buffer, start: number, end: number): boolean {
    if (this.files === 0) return false;
    const from = this.#start;
    return sameBytes(this.#bytes, from, from + this.#length, bytes, start, end);
  }

  seeMtime(high: number, low: number): void {
    this.#isTimed = true;
    if (high < this.#mtimeHigh || (high === this.#mtimeHigh && low <= this.#mtimeLow)) return;
    this.#mtimeHigh = high;
    this.#mtimeLow = low;
  }

  seeAtime(high: number, low: number): void {
    if (high < this.#atimeHigh || (high === this.#atimeHigh && low <= this.#atimeLow)) return;
    this.#atimeHigh = high;
    this.#atimeLow = low;
  }

  /** Adds the sums to the totals of the directory; without rows there is nothing to add. */
  end(): void {
    if (this.files === 0) return;
    const words = this.#words.fill(0);
    words[2 * word.files] = this.files;
    addWord(words, 2 * word.bytes, this.sizeLow, this.sizeHigh);
    addWord(words, 2 * word.linkedBytes, this.linkedSizeLow, this.linkedSizeHigh);
    addWord(words, 2 * word.blocks, this.blocksLow, this.blocksHigh);
    addWord(words, 2 * word.linkedBlocks, this.linkedBlocksLow, this.linkedBlocksHigh);
    if (this.#isTimed) {
      setTime(words, 2 * word.newestMtime, this.#mtimeLow, this.#mtimeHigh);
      setTime(words, 2 * word.newestAtime, this.#atimeLow, this.#atimeHigh);
    }
    words[2 * word.flags] = this.flags;
    const start = this.#start;
    this.#directories.add(this.#bytes, start, start + this.#length, this.depth, words);
    this.files = 0;
  }
}
