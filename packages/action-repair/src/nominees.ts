import type { BinaryColumn, Utf8Column } from '@pwalk/core';
import type { InspectedMemory } from './addon.js';
import { recordLayout, WORD } from './record-layout.js';
import type { Decision } from './rules.js';
import type { ScannedColumns } from './scanned-columns.js';

/**
 * The words in which the addon's threads take an entry of a batch that is to be inspected, by their
 * places in bytes. The layout is that of cpp/core/nominee.hpp.
 */
export const nomineeLayout = {
  row: 0,
  path_at: 4,
  path_length: 8,
  path_is_raw: 12,
  new_mode: 16,
  new_uid: 20,
  new_gid: 24,
  rules: 28,
  checks: 32,
  record_at: 36,
  outcome: 40,
  end: 44,
} as const;

/** What an inspection came to; the order is that of `Outcome` in cpp/core/nominee.hpp. */
export const outcomes = { pending: 0, recorded: 1, already: 2, noGroup: 3, outside: 4 } as const;

/** Nominees that are inspected in one go, and bytes of their records; one more may begin below that. */
const MOST = 4096;
const MOST_BYTES = 1 << 20;

/** The longest path that is repaired, below the root, and the longest of a root; in bytes. */
export const LONGEST_PATH = 64 * 1024;
const LONGEST_ROOT = 4096;

const SLASH = 0x2f;

/**
 * The entries of a batch that a rule concerns, in memory that is used again for the next. Where the
 * record of each is to go is laid out here; the addon makes only the records that are needed.
 */
export class Nominees {
  readonly #words = new Uint32Array((MOST * nomineeLayout.end) / WORD);
  readonly #records = Buffer.from(
    new ArrayBuffer(MOST_BYTES + recordLayout.path + LONGEST_ROOT + LONGEST_PATH + 8),
  );
  /** The root as the scan writes it, without slashes at its end: what every path begins with. */
  readonly #root: Uint8Array;
  #length = 0;
  #recordsEnd = 0;

  constructor(typedRoot: Uint8Array) {
    let end = typedRoot.length;
    while (end > 1 && typedRoot[end - 1] === SLASH) end--;
    this.#root = typedRoot.subarray(0, end);
  }

  get length(): number {
    return this.#length;
  }
  /** To be inspected and cleared before more are added. */
  get isFull(): boolean {
    return this.#length === MOST || this.#recordsEnd >= MOST_BYTES;
  }
  /** Where the addon writes records. */
  get records(): Buffer {
    return this.#records;
  }

  /**
   * Adds an entry, without an object or a call for any of its values. There must be room for it.
   * @param column where the bytes of its path are
   * @param asked bits of `checks`
   * @returns false for a path that is too long
   */
  add(row: number, column: Utf8Column | BinaryColumn, wanted: Decision, asked: number): boolean {
    const start = column.offsets[row];
    const length = column.offsets[row + 1] - start;
    if (length - this.#root.length - 1 > LONGEST_PATH) return false;
    const words = this.#words;
    const first = (this.#length++ * nomineeLayout.end) / WORD;
    words[first + nomineeLayout.row / WORD] = row;
    words[first + nomineeLayout.path_at / WORD] = start;
    words[first + nomineeLayout.path_length / WORD] = length;
    words[first + nomineeLayout.path_is_raw / WORD] = column.type === 'binary' ? 1 : 0;
    words[first + nomineeLayout.new_mode / WORD] = wanted.mode;
    words[first + nomineeLayout.new_uid / WORD] = wanted.uid;
    words[first + nomineeLayout.new_gid / WORD] = wanted.gid;
    words[first + nomineeLayout.rules / WORD] = wanted.rules;
    words[first + nomineeLayout.checks / WORD] = asked;
    words[first + nomineeLayout.record_at / WORD] = this.#recordsEnd;
    words[first + nomineeLayout.outcome / WORD] = outcomes.pending;
    this.#recordsEnd += (recordLayout.path + length + 7) & ~7;
    return true;
  }

  /** What the addon works on: for these nominees only, until they are cleared. */
  memory(columns: ScannedColumns): InspectedMemory {
    const nominees = this.#words.subarray(0, (this.#length * nomineeLayout.end) / WORD);
    return { columns, root: this.#root, nominees, records: this.#records };
  }

  /** What the inspection of one came to: a value of `outcomes`. */
  outcome(index: number): number {
    return this.#words[(index * nomineeLayout.end + nomineeLayout.outcome) / WORD];
  }

  /** Where in `records` the record of one begins, where there is one. */
  recordAt(index: number): number {
    return this.#words[(index * nomineeLayout.end + nomineeLayout.record_at) / WORD];
  }

  clear(): void {
    this.#length = 0;
    this.#recordsEnd = 0;
  }
}
