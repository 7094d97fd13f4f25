import type { EntryBatch } from '@pwalk/core';
import { BatchTotals } from './batch-totals.js';
import { DirectoryTotals } from './directory-totals.js';
import { LINK_WORDS, LinkNames } from './link-names.js';
import { type Combine, MergedCursor } from './merge.js';
import { type Cursor, type Run, RunReader } from './run-file.js';
import { Spool } from './spool.js';
import { addTotals, WORDS } from './totals.js';

/** Totals in memory at most, whatever there is besides. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Of the memory of a pipeline. */
const SHARE = 1 / 8;

/** What a file of totals holds. */
export interface TotalsRuns {
  readonly directories: Run;
  readonly links: Run;
}

/** Collects what batches come to, sorted and within a bound of memory: what is more goes to disk. */
export class TotalsCollector {
  readonly #directories = new DirectoryTotals();
  readonly #links = new LinkNames();
  readonly #batches: BatchTotals;
  readonly #most: number;
  readonly #spools = {
    directories: new Spool(WORDS, addTotals),
    links: new Spool(LINK_WORDS, null),
  };

  /** @param memory bytes that the whole pipeline may use */
  constructor(memory: number, roots: readonly Uint8Array[]) {
    this.#most = Math.min(MOST_BYTES, memory * SHARE);
    this.#batches = new BatchTotals(this.#directories, this.#links, roots);
  }

  /** @throws PwalkError `PWALK_OUTPUT_WRITE` when there is no room on disk for what is too much for memory */
  async add(batch: EntryBatch): Promise<void> {
    this.#batches.add(batch);
    await this.#settle();
  }

  /** Adds to the directory that holds an entry. @param path of the entry, one character a byte */
  async addToParent(path: string, depth: number, words: Uint32Array): Promise<void> {
    this.#batches.addToParent(path, depth, words);
    if (this.#directories.bytes > this.#most) await this.#settle();
  }

  async #settle(): Promise<void> {
    const { directories, links } = this.#spools;
    if (this.#directories.bytes + this.#links.bytes <= this.#most) return;
    if (this.#directories.bytes >= this.#links.bytes) {
      await directories.add(this.#directories.sorted());
      this.#directories.clear();
    } else {
      await links.add(this.#links.sorted());
      this.#links.clear();
    }
  }

  /**
   * Takes what files of totals hold, all of which are open meanwhile.
   * @param files made by `TotalsFileSink`
   * @throws PwalkError when there is no room; RangeError when a file is not what was written
   */
  async addFiles(files: readonly TotalsRuns[]): Promise<void> {
    const { directories, links } = this.#spools;
    const merged = (runs: readonly Run[], words: number, combine: Combine | null) =>
      new MergedCursor(
        runs.map((run) => new RunReader(run, words)),
        words,
        combine,
      );
    const own = files.map((file) => file.directories);
    await directories.add(merged(own, WORDS, addTotals));
    const names = files.map((file) => file.links);
    await links.add(merged(names, LINK_WORDS, null));
  }

  /** Every directory once, in the order of the keys. Nothing may be added meanwhile. */
  directories(): Cursor {
    const own = [...this.#spools.directories.cursors(), this.#directories.sorted()];
    return new MergedCursor(own, WORDS, addTotals);
  }

  /** Every name of a file that has several, in the order of the keys. */
  links(): Cursor {
    const own = [...this.#spools.links.cursors(), this.#links.sorted()];
    return new MergedCursor(own, LINK_WORDS, null);
  }

  close(): void {
    this.#directories.clear();
    this.#links.clear();
    this.#spools.directories.close();
    this.#spools.links.close();
  }
}
