import { definePlugin, type EntryBatch } from '@pwalk/core';

/** An entry that could not be read. */
export interface ErrorExample {
  /** Exact bytes; escape before printing. */
  readonly path: Uint8Array;
  readonly state: string;
  readonly errno: number;
  readonly operation: string;
}

/** Takes any options: the caller is in this package. */
const anyOptions = {
  '~standard': {
    version: 1 as const,
    vendor: 'pwalk',
    validate: (value: unknown) => ({ value: value as { into: ErrorExample[]; most: number } }),
  },
};

/** A sink that keeps the first entries with an errno, for the summary. */
export const errorExamples = definePlugin({
  name: 'error-examples',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: anyOptions,
  capabilities: {
    columns: ['path', 'path_raw', 'state', 'errno', 'operation'],
    releases: true,
  },
  create: ({ into, most }) => ({
    write(batch: EntryBatch) {
      const errno = batch.column('errno');
      // No validity bitmap means no nulls; all rows failed then, which no batch of a healthy tree has.
      for (let row = 0; row < batch.length && into.length < most; row++) {
        if (errno.isNull(row)) continue;
        into.push({
          path: Uint8Array.from(
            batch.column('path_raw').get(row) ?? batch.column('path').bytesAt(row),
          ),
          state: batch.column('state').get(row) ?? '',
          errno: errno.get(row) ?? 0,
          operation: batch.column('operation').get(row) ?? '',
        });
      }
    },
  }),
});
