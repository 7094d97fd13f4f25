import type { FileIdentity } from '@pwalk/core';
import { SortedWords } from './directory-totals.js';
import type { Cursor } from './run-file.js';

/** The words of a record of a name. */
export const linkWord = { nlink: 0, size: 1, blocks: 2 } as const;
export const LINK_WORDS = 3;
const HALVES = 2 * LINK_WORDS;

/** Bytes of a name in memory besides its key. */
const PER_NAME = LINK_WORDS * 8 + 48;

/**
 * The names of files that have several, in memory. Their keys are the device, the inode, the path and the
 * depth, so that the names of a file come together, the least by bytes first.
 */
export class LinkNames {
  #keys: string[] = [];
  #words = new Uint32Array(1024 * HALVES);
  #bytes = 0;

  /** An estimate of the memory it takes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a name.
   * @param path one character a byte
   * @returns where in `words` its words are to be put
   */
  add(file: FileIdentity, path: string, depth: number): number {
    const at = this.#keys.length * HALVES;
    if (at + HALVES > this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    const key = linkKey(file, path, depth);
    this.#keys.push(key);
    this.#bytes += PER_NAME + key.length;
    return at;
  }

  /** Of all names, in halves. */
  get words(): Uint32Array {
    return this.#words;
  }

  sorted(): Cursor {
    return new SortedWords(this.#keys, this.#words, LINK_WORDS);
  }

  clear(): void {
    this.#keys = [];
    this.#bytes = 0;
  }
}

const FILE = 16;
const DEPTH = 5;
const bytes = Buffer.alloc(FILE + DEPTH);

function linkKey({ dev, inode }: FileIdentity, path: string, depth: number): string {
  bytes.writeBigUInt64BE(dev, 0);
  bytes.writeBigUInt64BE(inode, 8);
  // After a NUL, which no path has: a path comes before those it is the beginning of.
  bytes[FILE] = 0;
  bytes.writeUInt32BE(depth + 1, FILE + 1);
  return bytes.toString('latin1', 0, FILE) + path + bytes.toString('latin1', FILE);
}

/** Which file a key is of: the part of it that names of the same file share. */
export function fileOf(key: string): string {
  return key.slice(0, FILE);
}

export function linkPath(key: string): string {
  return key.slice(FILE, key.length - DEPTH);
}

export function linkDepth(key: string): number {
  return Buffer.from(key.slice(-4), 'latin1').readUInt32BE(0) - 1;
}

export function linkFile(key: string): FileIdentity {
  const file = Buffer.from(fileOf(key), 'latin1');
  return { dev: file.readBigUInt64BE(0), inode: file.readBigUInt64BE(8) };
}
