import { readSync, writeSync } from 'node:fs';
import { copyBytes, KeptBytes } from './key-bytes.js';

/**
 * Records sorted by their keys, one after the other in a file. A key is bytes, in memory that is used again
 * for the next: there are many, and as strings they would be garbage that V8 is late to collect. A record has
 * some 64-bit words besides, most of which are 0; in memory they are halves, the lower first.
 *
 * | bytes | |
 * |---|---|
 * | 4 | bytes at the beginning of the key that are those of the key before |
 * | 4 | how many bytes follow them |
 * | 2 | a bit for each word that is not 0 |
 * | … | the rest of the key; the words that are not 0, in 8 bytes each |
 *
 * Numbers are little-endian.
 */
const HEAD = 10;

/** Bytes written at once. */
const WRITTEN = 64 * 1024;

/** Bytes read at once: of many runs at the same time. */
const READ = 32 * 1024;

/**
 * Goes through records in the order of their keys. Before the first `next()` there is none; what is read of
 * one is valid until the next call.
 */
export interface Cursor {
  /** In which the key is, from `start` to `end`. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly words: Uint32Array;
  /** @returns false when there are no more */
  next(): boolean;
}

/** Where a run is. */
export interface Run {
  readonly fd: number;
  readonly start: number;
  readonly end: number;
}

/** Writes a run into a file. */
export class RunWriter {
  readonly #fd: number;
  readonly #start: number;
  readonly #written: (chunk: Uint8Array) => void;
  readonly #key = new KeptBytes();
  #position: number;
  #buffer = Buffer.allocUnsafeSlow(WRITTEN);
  #size = 0;

  /** @param written called with each chunk that is in the file, in order */
  constructor(fd: number, start = 0, written: (chunk: Uint8Array) => void = () => {}) {
    this.#fd = fd;
    this.#start = start;
    this.#position = start;
    this.#written = written;
  }

  /** Writes the record a cursor is at. Keys come in their order. @throws what the write throws */
  add({ bytes, start, end, words }: Cursor): void {
    const shared = this.#key.sharedWith(bytes, start, end);
    const rest = end - start - shared;
    this.#reserve(HEAD + rest + words.length * 4);
    const buffer = this.#buffer;
    let at = this.#size;
    at = buffer.writeUInt32LE(shared, at);
    at = buffer.writeUInt32LE(rest, at);
    const bitsAt = at;
    at += 2;
    copyBytes(bytes, start + shared, end, buffer, at);
    at += rest;
    let bits = 0;
    for (let half = 0; half < words.length; half += 2) {
      if (words[half] === 0 && words[half + 1] === 0) continue;
      bits |= 1 << (half / 2);
      at = buffer.writeUInt32LE(words[half], at);
      at = buffer.writeUInt32LE(words[half + 1], at);
    }
    buffer.writeUInt16LE(bits, bitsAt);
    this.#size = at;
    this.#key.set(bytes, start, end, shared);
  }

  finish(): Run {
    this.#drain();
    return { fd: this.#fd, start: this.#start, end: this.#position };
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#buffer.length) return;
    this.#drain();
    if (more > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(more);
  }

  #drain(): void {
    for (let done = 0; done < this.#size; ) {
      done += writeSync(this.#fd, this.#buffer, done, this.#size - done, this.#position + done);
    }
    this.#written(this.#buffer.subarray(0, this.#size));
    this.#position += this.#size;
    this.#size = 0;
  }
}

/** Reads a run. Several may read the same one. */
export class RunReader implements Cursor {
  readonly words: Uint32Array;
  readonly start = 0;
  readonly #fd: number;
  readonly #end: number;
  readonly #key = new KeptBytes();
  #position: number;
  #buffer = Buffer.allocUnsafeSlow(READ);
  #at = 0;
  #size = 0;

  constructor({ fd, start, end }: Run, words: number) {
    this.#fd = fd;
    this.#position = start;
    this.#end = end;
    this.words = new Uint32Array(2 * words);
  }

  get bytes(): Buffer {
    return this.#key.bytes;
  }

  get end(): number {
    return this.#key.length;
  }

  /** @throws RangeError when the file is not what was written */
  next(): boolean {
    if (this.#at === this.#size && this.#position === this.#end) return false;
    this.#need(HEAD);
    const shared = this.#buffer.readUInt32LE(this.#at);
    const rest = this.#buffer.readUInt32LE(this.#at + 4);
    const bits = this.#buffer.readUInt16LE(this.#at + 8);
    this.#at += HEAD;
    if (shared > this.#key.length || bits >> (this.words.length / 2) !== 0) throw cutShort();
    this.#need(rest + this.words.length * 4, rest + count(bits) * 8);
    // From where the bytes would be if the shared ones were before them.
    const from = this.#at - shared;
    this.#key.set(this.#buffer, from, from + shared + rest, shared);
    this.#at += rest;
    for (let half = 0; half < this.words.length; half += 2) {
      const isThere = (bits & (1 << (half / 2))) !== 0;
      this.words[half] = isThere ? this.#buffer.readUInt32LE(this.#at) : 0;
      this.words[half + 1] = isThere ? this.#buffer.readUInt32LE(this.#at + 4) : 0;
      if (isThere) this.#at += 8;
    }
    return true;
  }

  /** Sees to it that so many bytes are in the buffer; at the end of the run fewer, `least` of them. */
  #need(bytes: number, least = bytes): void {
    const left = this.#size - this.#at;
    if (left >= bytes) return;
    if (bytes > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(bytes * 2);
      this.#buffer.copy(grown, 0, this.#at, this.#size);
      this.#buffer = grown;
    } else {
      this.#buffer.copy(this.#buffer, 0, this.#at, this.#size);
    }
    this.#at = 0;
    this.#size = left;
    while (this.#size < this.#buffer.length && this.#position < this.#end) {
      const room = Math.min(this.#buffer.length - this.#size, this.#end - this.#position);
      const read = readSync(this.#fd, this.#buffer, this.#size, room, this.#position);
      if (read === 0) throw cutShort();
      this.#size += read;
      this.#position += read;
    }
    if (this.#size < least) throw cutShort();
  }
}

function count(bits: number): number {
  let ones = 0;
  for (let left = bits; left !== 0; left &= left - 1) ones++;
  return ones;
}

function cutShort(): RangeError {
  return new RangeError('a run on disk is not what was written');
}
