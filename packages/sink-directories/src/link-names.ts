import { copyBytes, withRoom } from './key-bytes.js';
import type { Cursor } from './run-file.js';
import { SortedRecords } from './sorted-records.js';

/** The words of a record of a name. */
export const linkWord = { nlink: 0, size: 1, blocks: 2 } as const;
export const LINK_WORDS = 3;
const HALVES = 2 * LINK_WORDS;

/** Bytes of a name in memory besides its key: its words, where its key ends, its place when they are sorted. */
const PER_NAME = LINK_WORDS * 8 + 4 + 16;

/** Of a key, the device and the inode: what names of the same file share. */
const FILE = 16;
/** NUL, which no path has, so that a path comes before those it is the beginning of; then the depth plus 1. */
const DEPTH = 5;

/** Which name of which file, and the 64-bit numbers in halves. */
export interface LinkName {
  readonly devLow: number;
  readonly devHigh: number;
  readonly inodeLow: number;
  readonly inodeHigh: number;
  /** Of the entry. */
  readonly depth: number;
}

/**
 * The names of files that have several, in memory that is taken once. Their keys are the device, the inode,
 * the path and the depth, so that the names of a file come together, the least by bytes first.
 */
export class LinkNames {
  readonly #most: number;
  #keys: Buffer;
  readonly #ends: Uint32Array;
  /** Of all names, in halves. */
  readonly words: Uint32Array;
  #length = 0;
  #size = 0;

  /** @param most bytes they may take; it is full when they do, and takes one more */
  constructor(most: number) {
    const names = Math.floor(most / PER_NAME) + 2;
    this.#most = most;
    // What has not been written to takes no memory yet.
    this.#keys = Buffer.allocUnsafeSlow(Math.ceil(most));
    this.#ends = new Uint32Array(names);
    this.words = new Uint32Array(names * HALVES);
  }

  get isFull(): boolean {
    return this.#length * PER_NAME + this.#size > this.#most;
  }

  /**
   * Takes a name whose path lies from `start` to `end`.
   * @returns where in `words` its words are to be put
   */
  add(name: LinkName, bytes: Buffer, start: number, end: number): number {
    let at = this.#size;
    this.#keys = withRoom(this.#keys, at, FILE + end - start + DEPTH);
    const keys = this.#keys;
    const slot = this.#length++;
    at = keys.writeUInt32BE(name.devHigh, at);
    at = keys.writeUInt32BE(name.devLow, at);
    at = keys.writeUInt32BE(name.inodeHigh, at);
    at = keys.writeUInt32BE(name.inodeLow, at);
    copyBytes(bytes, start, end, keys, at);
    at += end - start;
    at = keys.writeUInt8(0, at);
    this.#size = keys.writeUInt32BE(name.depth + 1, at);
    this.#ends[slot] = this.#size;
    return slot * HALVES;
  }

  sorted(): Cursor {
    const [keys, ends] = [this.#keys, this.#ends];
    return new SortedRecords({ length: this.#length, keys, ends, words: this.words }, LINK_WORDS);
  }

  clear(): void {
    this.#length = 0;
    this.#size = 0;
  }
}

/** Reads the key a cursor of names is at. */
export const linkKey = {
  /** Where the part of it ends that names of the same file share. */
  fileEnd: ({ start }: Cursor): number => start + FILE,
  pathEnd: ({ end }: Cursor): number => end - DEPTH,
  depth: ({ bytes, end }: Cursor): number => bytes.readUInt32BE(end - 4) - 1,
};
