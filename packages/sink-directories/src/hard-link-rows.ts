import { BigIntColumn, BoolColumn, type Column, type EntryBatch, NumberColumn } from '@pwalk/core';
import { PathRows } from './byte-rows.js';
import { hardLinksSchema } from './hard-links-table.js';
import { KeptBytes } from './key-bytes.js';
import { linkKey, linkWord } from './link-names.js';
import type { Cursor } from './run-file.js';
import { tableBatch } from './table-batch.js';

const ROWS = 2048;
const MOST_BYTES = 256 * 1024;

/**
 * The rows of the hard_links table, in the order of devices, inodes and paths.
 * @param records the names
 * @param again the same once more: it goes ahead and counts the names of a file, which may be any number
 */
export function* hardLinkBatches(records: Cursor, again: Cursor): Generator<EntryBatch> {
  const rows = new HardLinkRows();
  const file = new KeptBytes();
  const path = new KeptBytes();
  const last = new KeptBytes();
  let isLeft = again.next();
  let found = 0;
  while (records.next()) {
    const { bytes, start } = records;
    const fileEnd = linkKey.fileEnd(records);
    const pathEnd = linkKey.pathEnd(records);
    const isPrimary = file.length === 0 || !file.equals(bytes, start, fileEnd);
    // The same name, below another root.
    if (!isPrimary && path.equals(bytes, fileEnd, pathEnd)) continue;
    path.set(bytes, fileEnd, pathEnd);
    if (isPrimary) {
      file.set(bytes, start, fileEnd);
      found = 0;
      for (; isLeft && file.equals(again.bytes, again.start, linkKey.fileEnd(again)); ) {
        const [from, to] = [linkKey.fileEnd(again), linkKey.pathEnd(again)];
        if (found === 0 || !last.equals(again.bytes, from, to)) found++;
        last.set(again.bytes, from, to);
        isLeft = again.next();
      }
    }
    rows.append(records, found, isPrimary);
    if (rows.isFull) yield rows.finish();
  }
  if (rows.length > 0) yield rows.finish();
}

/** Makes batches of the hard_links table out of names. */
class HardLinkRows {
  readonly #paths = new PathRows(ROWS);
  readonly #devs = halves();
  readonly #inodes = halves();
  readonly #nlinks = new Uint32Array(ROWS);
  readonly #sizes = halves();
  readonly #found = halves();
  readonly #isPrimary = new Uint8Array(ROWS / 8);
  length = 0;

  get isFull(): boolean {
    return this.length === ROWS || this.#paths.size >= MOST_BYTES;
  }

  append(name: Cursor, found: number, isPrimary: boolean): void {
    const row = this.length++;
    const { bytes, start, words } = name;
    const at = 2 * row;
    this.#devs[at + 1] = bytes.readUInt32BE(start);
    this.#devs[at] = bytes.readUInt32BE(start + 4);
    this.#inodes[at + 1] = bytes.readUInt32BE(start + 8);
    this.#inodes[at] = bytes.readUInt32BE(start + 12);
    this.#nlinks[row] = words[2 * linkWord.nlink];
    this.#sizes[at] = words[2 * linkWord.size];
    this.#sizes[at + 1] = words[2 * linkWord.size + 1];
    this.#found[at] = found;
    this.#found[at + 1] = found / 2 ** 32;
    if (isPrimary) this.#isPrimary[row >> 3] |= 1 << (row & 7);
    this.#paths.append(bytes.subarray(linkKey.fileEnd(name), linkKey.pathEnd(name)));
  }

  /** The rows so far, in memory of their own. */
  finish(): EntryBatch {
    const { length } = this;
    const whole = (of: Uint32Array) =>
      new BigIntColumn('uint64', new BigUint64Array(of.slice(0, 2 * length).buffer));
    const { path, raw } = this.#paths.finish();
    const isPrimary = this.#isPrimary.slice(0, (length + 7) >> 3);
    const columns = new Map<string, Column>([
      ['dev', whole(this.#devs)],
      ['inode', whole(this.#inodes)],
      ['nlink', new NumberColumn('uint32', this.#nlinks.slice(0, length))],
      ['path', path],
      ['path_raw', raw],
      ['size', whole(this.#sizes)],
      ['links_found', whole(this.#found)],
      ['link_primary', new BoolColumn(length, isPrimary)],
    ]);
    this.#isPrimary.fill(0);
    this.length = 0;
    return tableBatch(hardLinksSchema, columns);
  }
}

function halves(): Uint32Array {
  return new Uint32Array(2 * ROWS);
}
