import type { EntryBatch } from '@pwalk/core';
import { directories, hardLinks } from './tables.js';
import { TotalsCollector } from './totals-collector.js';
import { openTotalsFile, type TotalsFile } from './totals-file.js';

/** Files read at once. */
const FAN_IN = 16;

/** The tables of a scan, out of the files of totals of its parts. */
export class ScanTables {
  readonly #collector: TotalsCollector;

  /** @param memory bytes that may be used, most of them for batches */
  constructor(memory: number, roots: readonly Uint8Array[]) {
    this.#collector = new TotalsCollector(memory, roots);
  }

  /**
   * Reads the totals of all parts.
   * @param stop gives up between two groups of files: throws its reason
   * @throws RangeError when a file is not what was written; PwalkError `PWALK_OUTPUT_WRITE` when there is no
   * room in the directory for temporary files; what opening and reading throw
   */
  async read(paths: readonly string[], stop: AbortSignal): Promise<void> {
    for (let at = 0; at < paths.length; at += FAN_IN) {
      stop.throwIfAborted();
      const files: TotalsFile[] = [];
      try {
        for (const path of paths.slice(at, at + FAN_IN)) files.push(await openTotalsFile(path));
        await this.#collector.addFiles(files);
      } finally {
        for (const file of files) await file.close();
      }
    }
  }

  /** The rows of the hard_links table; to be taken before those of the directories. */
  hardLinks(): Iterable<EntryBatch> {
    return hardLinks(this.#collector);
  }

  /** The rows of the directories table. Once. */
  async directories(): Promise<Iterable<EntryBatch>> {
    return directories(this.#collector, false);
  }

  close(): void {
    this.#collector.close();
  }
}
