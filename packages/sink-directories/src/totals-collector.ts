import type { EntryBatch } from '@pwalk/core';
import { BatchTotals } from './batch-totals.js';
import { DirectoryTotals } from './directory-totals.js';
import { LINK_WORDS, LinkNames } from './link-names.js';
import { type Combine, MergedCursor } from './merge.js';
import { type Cursor, type Run, RunReader } from './run-file.js';
import { Spool } from './spool.js';
import { addTotals, WORDS } from './totals.js';

const MIB = 1024 * 1024;

/** Of the memory of a pipeline, and at most, whatever there is: for totals of directories, for names. */
const shares = {
  directories: { share: 3 / 32, most: 24 * MIB },
  links: { share: 1 / 32, most: 8 * MIB },
} as const;

/** What a file of totals holds. */
export interface TotalsRuns {
  readonly directories: Run;
  readonly links: Run;
}

/** Collects what batches come to, sorted and within a bound of memory: what is more goes to disk. */
export class TotalsCollector {
  readonly #directories: DirectoryTotals;
  readonly #links: LinkNames;
  readonly #batches: BatchTotals;
  readonly #spools = {
    directories: new Spool(WORDS, addTotals),
    links: new Spool(LINK_WORDS, null),
  };

  /** @param memory bytes that the whole pipeline may use */
  constructor(memory: number, roots: readonly Uint8Array[]) {
    const bytes = ({ share, most }: { share: number; most: number }) =>
      Math.min(most, memory * share);
    this.#directories = new DirectoryTotals(bytes(shares.directories));
    this.#links = new LinkNames(bytes(shares.links));
    this.#batches = new BatchTotals(this.#directories, this.#links, roots);
  }

  /** @throws PwalkError `PWALK_OUTPUT_WRITE` when there is no room on disk for what is too much for memory */
  async add(batch: EntryBatch): Promise<void> {
    for (let row = 0; row < batch.length; ) {
      row = this.#batches.add(batch, row);
      if (this.isFull) await this.settle();
    }
  }

  /**
   * Adds to the directory that holds an entry; there has to be room.
   * @param path in which the entry's is, from `start` to `end`
   */
  addToParent(path: Buffer, start: number, end: number, depth: number, words: Uint32Array): void {
    this.#batches.addToParent(path, start, end, depth, words);
  }

  /** Whether there has to be room made before anything is added. */
  get isFull(): boolean {
    return this.#directories.isFull || this.#links.isFull;
  }

  /** Makes room. @throws PwalkError as `add` does */
  async settle(): Promise<void> {
    const { directories, links } = this.#spools;
    if (this.#directories.isFull) {
      await directories.add(this.#directories.sorted());
      this.#directories.clear();
    }
    if (this.#links.isFull) {
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
