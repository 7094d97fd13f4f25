import type { BinaryColumn, Utf8Column } from '@pwalk/core';
import type { InspectedMemory } from './addon.js';
import { recordLayout, WORD } from './record-layout.js';
import type { Decision } from './rules.js';
import type { ScannedColumns } from './scanned-columns.js';

/**
 * The words in which the addon's threads take neighbours of a batch that are to be inspected, by their
 * places in bytes. The layout is that of cpp/core/nominee.hpp.
 */
export const nomineeLayout = {
  row: 0,
  rows: 4,
  path_is_raw: 8,
  new_mode: 12,
  new_uid: 16,
  new_gid: 20,
  rules: 24,
  checks: 28,
  records_at: 32,
  records_end: 36,
  pending: 40,
  no_group: 44,
  outside: 48,
  end: 52,
} as const;

const WORDS = nomineeLayout.end / WORD;

/** Nominees that are inspected in one go, and bytes of their records; one more may begin below that. */
const MOST = 4096;
const MOST_BYTES = 2 << 20;

/** Rows of one nominee: more would be too much for one thread while the others have nothing to do. */
const MOST_ROWS = 64;

/** The longest path that is repaired, below the root, and the longest of a root; in bytes. */
export const LONGEST_PATH = 64 * 1024;
const LONGEST_ROOT = 4096;

const SLASH = 0x2f;

/** What an inspection came to. */
export interface Inspected {
  /** Rows that were not looked at: the job was stopped before. */
  readonly pending: number;
  /** Rows that await a group from above, where there is none to take. */
  readonly noGroup: number;
  /** Rows whose path is not below the root. */
  readonly outside: number;
}

/**
 * The entries of a batch that a rule concerns, in memory that is used again for the next. Neighbours of
 * which the rules say the same are one nominee. Where the records of each are to go is laid out here;
 * the addon makes only the records that are needed.
 */
export class Nominees {
  readonly #words = new Uint32Array(MOST * WORDS);
  readonly #records = Buffer.from(
    new ArrayBuffer(MOST_BYTES + recordLayout.path + LONGEST_ROOT + LONGEST_PATH + 8),
  );
  /** The root as the scan writes it, without slashes at its end: what every path begins with. */
  readonly #root: Uint8Array;
  #length = 0;
  #recordsEnd = 0;
  /** What the last nominee is of, and the row that would continue it. */
  #wanted: Decision | null = null;
  #column: Utf8Column | BinaryColumn | null = null;
  #nextRow = -1;

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
   * @param wanted the same object for neighbours that are alike in type, mode and owners
   * @param asked bits of `checks`; the same wherever `wanted` is
   * @returns false for a path that is too long
   */
  add(row: number, column: Utf8Column | BinaryColumn, wanted: Decision, asked: number): boolean {
    const length = column.offsets[row + 1] - column.offsets[row];
    if (length - this.#root.length - 1 > LONGEST_PATH) return false;
    if (row !== this.#nextRow || wanted !== this.#wanted || column !== this.#column) {
      this.#begin(row, column, wanted, asked);
    }
    const words = this.#words;
    const first = (this.#length - 1) * WORDS;
    const rows = ++words[first + nomineeLayout.rows / WORD];
    words[first + nomineeLayout.pending / WORD] = rows;
    this.#nextRow = rows === MOST_ROWS ? -1 : row + 1;
    this.#recordsEnd += (recordLayout.path + length + 7) & ~7;
    return true;
  }

  #begin(row: number, column: Utf8Column | BinaryColumn, wanted: Decision, asked: number): void {
    const words = this.#words;
    const first = this.#length++ * WORDS;
    words.fill(0, first, first + WORDS);
    words[first + nomineeLayout.row / WORD] = row;
    words[first + nomineeLayout.path_is_raw / WORD] = column.type === 'binary' ? 1 : 0;
    words[first + nomineeLayout.new_mode / WORD] = wanted.mode;
    words[first + nomineeLayout.new_uid / WORD] = wanted.uid;
    words[first + nomineeLayout.new_gid / WORD] = wanted.gid;
    words[first + nomineeLayout.rules / WORD] = wanted.rules;
    words[first + nomineeLayout.checks / WORD] = asked;
    words[first + nomineeLayout.records_at / WORD] = this.#recordsEnd;
    this.#wanted = wanted;
    this.#column = column;
  }

  /** What the addon works on: for these nominees only, until they are cleared. */
  memory(columns: ScannedColumns): InspectedMemory {
    const nominees = this.#words.subarray(0, this.#length * WORDS);
    return { columns, root: this.#root, nominees, records: this.#records };
  }

  /**
   * Reads what the inspection came to.
   * @param recorded called for what lies where in `records`, from `at` to `end` record after record, in
   * order
   */
  inspected(recorded: (at: number, end: number) => void): Inspected {
    const words = this.#words;
    let [pending, noGroup, outside] = [0, 0, 0];
    for (let first = 0; first < this.#length * WORDS; first += WORDS) {
      pending += words[first + nomineeLayout.pending / WORD];
      noGroup += words[first + nomineeLayout.no_group / WORD];
      outside += words[first + nomineeLayout.outside / WORD];
      const at = words[first + nomineeLayout.records_at / WORD];
      const end = words[first + nomineeLayout.records_end / WORD];
      if (end > at) recorded(at, end);
    }
    return { pending, noGroup, outside };
  }

  clear(): void {
    this.#length = 0;
    this.#recordsEnd = 0;
    this.#wanted = null;
    this.#column = null;
  }
}
