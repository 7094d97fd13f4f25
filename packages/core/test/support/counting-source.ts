import {
  type Accounting,
  type Acknowledgement,
  BatchBuilder,
  definePlugin,
  type EntryBatch,
  EntrySchema,
  type Source,
} from '@pwalk/core';
import { anyOptions } from './any-options.js';

export const numberSchema = new EntrySchema([
  { name: 'path', type: 'utf8', nullable: false, description: 'a name' },
  { name: 'size', type: 'uint64', nullable: false, description: 'a running number' },
]);

/** A batch of `rows` rows numbered from `first`. */
export function numberBatch(rows: number, first = 0): EntryBatch {
  const builder = new BatchBuilder(numberSchema);
  for (let i = first; i < first + rows; i++) builder.append({ path: `/n/${i}`, size: BigInt(i) });
  return builder.finish();
}

/** What a counting source was asked to do and what happened to it. */
export interface CountingOptions {
  readonly batches: number;
  readonly rows?: number;
  readonly failAt?: number;
  readonly accounting?: Partial<Accounting>;
  readonly log?: string[];
  readonly onPull?: (pulled: number) => void;
  readonly onAcknowledge?: (status: Acknowledgement) => void;
}

/** A source of numbered rows that records its life in `log`. */
export const countingSource = definePlugin({
  name: 'counting',
  kind: 'source',
  pwalk: '*',
  options: anyOptions<CountingOptions>(),
  create: (options): Source => {
    let seen = 0;
    const { rows = 10, log } = options;
    return {
      open: () => {
        log?.push('open source');
        return numberSchema;
      },
      async *read() {
        try {
          for (let i = 0; i < options.batches; i++) {
            options.onPull?.(i + 1);
            if (i === options.failAt) throw new Error('the source broke');
            seen += rows;
            yield numberBatch(rows, i * rows);
          }
        } finally {
          log?.push('end of read');
        }
      },
      acknowledge: (_batch, status) => options.onAcknowledge?.(status),
      progress: () => ({ rows: seen, queuedDirectories: 0, threads: 1, blockedThreads: 0 }),
      accounting: () => ({
        read: seen,
        rows: seen,
        vanished: 0,
        excluded: 0,
        files: seen,
        directories: 0,
        symlinks: 0,
        other: 0,
        bytes: null,
        states: { ok: seen },
        clampedTimes: 0,
        ...options.accounting,
      }),
      close: (outcome) => {
        log?.push(`close source ${outcome.ok ? 'ok' : outcome.error.code}`);
      },
    };
  },
});
