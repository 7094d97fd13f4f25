import { definePlugin, type EntryBatch } from '@pwalk/core';
import { z } from 'zod';

/** How many entries came through the filters before it. */
export class MatchCount {
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  add(batch: EntryBatch): void {
    this.#rows += batch.length;
  }
}

/** A filter that keeps a `MatchCount`, and every row. */
export const matchCount = definePlugin({
  name: 'match-count',
  kind: 'filter',
  pwalk: '^0.1.0',
  options: z.instanceof(MatchCount),
  capabilities: { releases: true },
  create: (count) => ({
    map: (batch: EntryBatch) => {
      count.add(batch);
      return batch;
    },
  }),
});
