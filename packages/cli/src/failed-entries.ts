import { definePlugin, type EntryBatch, type NumberColumn } from '@pwalk/core';
import { z } from 'zod';

/** An entry that could not be read. */
export interface FailedEntry {
  /** Exact bytes; escape before printing. */
  readonly path: Uint8Array;
  readonly state: string;
  readonly errno: number;
  readonly operation: string;
}

/** What is needed to know of a row why it failed. */
export const failureColumns = ['path', 'path_raw', 'state', 'errno', 'operation'] as const;

/** The rows that have an errno. Reads a byte for every eight rows where none has, as nearly always. */
export function failedRows(errno: NumberColumn): number[] {
  const rows: number[] = [];
  const { validity, length } = errno;
  for (let row = 0; row < length; row++) {
    if (validity !== null && (row & 7) === 0 && validity[row >> 3] === 0) row += 7;
    else if (!errno.isNull(row)) rows.push(row);
  }
  return rows;
}

/** Counts entries that could not be read as they come by, and keeps the first of them. */
export class FailureLog {
  readonly examples: FailedEntry[] = [];
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  add(batch: EntryBatch): void {
    const errno = batch.column('errno');
    const rows = failedRows(errno);
    this.#count += rows.length;
    for (const row of rows.slice(0, this.#most - this.examples.length)) {
      this.examples.push({
        path: Uint8Array.from(
          batch.column('path_raw').get(row) ?? batch.column('path').bytesAt(row),
        ),
        state: batch.column('state').get(row) ?? '',
        errno: errno.get(row) ?? 0,
        operation: batch.column('operation').get(row) ?? '',
      });
    }
  }
}

const spec = {
  pwalk: '^0.1.0',
  options: z.instanceof(FailureLog),
  capabilities: { columns: failureColumns, releases: true },
};

/** A sink that keeps a `FailureLog`. */
export const failureLog = definePlugin({
  ...spec,
  name: 'failure-log',
  kind: 'sink',
  create: (log) => ({ write: (batch: EntryBatch) => log.add(batch) }),
});

/** The same as a filter that lets everything through, to stand before filters that may not. */
export const failureWitness = definePlugin({
  ...spec,
  name: 'failure-witness',
  kind: 'filter',
  create: (log) => ({
    map: (batch: EntryBatch) => {
      log.add(batch);
      return batch;
    },
  }),
});
