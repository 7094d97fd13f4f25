import { definePlugin, type Outcome } from '@pwalk/core';
import { anyOptions } from './any-options.js';

/** What a recording sink was told. */
export class Recording {
  readonly rows: Record<string, unknown>[] = [];
  /** Rows of each batch, in order. */
  readonly batches: number[] = [];
  /** Names of the columns of the latest batch. */
  columns: readonly string[] = [];
  outcome: Outcome | null = null;
}

/** A sink that copies every row it is given, with all columns. */
export const recordingSink = definePlugin({
  name: 'recording',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<Recording>(),
  capabilities: { columns: 'all' },
  create: (recording) => ({
    write: (batch) => {
      recording.batches.push(batch.length);
      recording.columns = batch.schema.fields.map(({ name }) => name);
      for (let row = 0; row < batch.length; row++) recording.rows.push(copied(batch.row(row)));
    },
    close: (outcome) => {
      recording.outcome = outcome;
    },
  }),
});

function copied(row: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  ]);
  return Object.fromEntries(entries);
}
