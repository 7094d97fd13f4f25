import { isUtf8 } from 'node:buffer';
import { BinaryColumn, decodeName, Utf8Column } from '@pwalk/core';
import { withRoom } from './key-bytes.js';

/** The columns `path` and `path_raw` of a table in the making. */
export class PathRows {
  readonly #shown: ByteRows;
  readonly #raw: ByteRows;
  readonly #isRaw: Uint8Array;
  #length = 0;

  /** @param rows most rows */
  constructor(rows: number) {
    this.#shown = new ByteRows(rows);
    this.#raw = new ByteRows(rows);
    this.#isRaw = new Uint8Array((rows + 7) >> 3);
  }

  /** Bytes of the paths. */
  get size(): number {
    return this.#shown.size;
  }

  /** @param path the bytes of one; they are copied */
  append(path: Buffer): void {
    if (isUtf8(path)) {
      this.#shown.append(path);
    } else {
      this.#shown.append(Buffer.from(decodeName(path).text));
      this.#raw.append(path);
      this.#isRaw[this.#length >> 3] |= 1 << (this.#length & 7);
    }
    this.#shown.end();
    this.#raw.end();
    this.#length++;
  }

  /** The columns so far; then there are no rows. */
  finish(): { path: Utf8Column; raw: BinaryColumn } {
    const shown = this.#shown.finish();
    const raw = this.#raw.finish();
    const isRaw = this.#isRaw.slice(0, (this.#length + 7) >> 3);
    this.#isRaw.fill(0);
    this.#length = 0;
    return {
      path: new Utf8Column(shown.offsets, shown.bytes),
      raw: new BinaryColumn(raw.offsets, raw.bytes, isRaw),
    };
  }
}

/** Values of different lengths, one after the other. */
class ByteRows {
  #bytes: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  readonly #offsets: Int32Array;
  #rows = 0;
  size = 0;

  constructor(rows: number) {
    this.#offsets = new Int32Array(rows + 1);
  }

  /** Appends to the value that the next `end` ends. */
  append(value: Buffer): void {
    this.#bytes = withRoom(this.#bytes, this.size, value.length);
    value.copy(this.#bytes, this.size);
    this.size += value.length;
  }

  end(): void {
    this.#offsets[++this.#rows] = this.size;
  }

  finish(): { offsets: Int32Array; bytes: Uint8Array } {
    const bytes = new Uint8Array(this.size);
    bytes.set(this.#bytes.subarray(0, this.size));
    const offsets = this.#offsets.slice(0, this.#rows + 1);
    this.#rows = 0;
    this.size = 0;
    return { offsets, bytes };
  }
}
