import { definePlugin, type EntryBatch, type Source } from '@pwalk/core';
import { z } from 'zod';
import { changesIn } from './change.js';
import { PLAN_ROWS, PlanBatches, planSchema } from './plan-table.js';
import { inGroups, Spool } from './spool.js';

const MOST_BYTES = 4 * 1024 * 1024;

/** The changes of a plan as a source, so that any sink can write them. */
export const planSource = definePlugin({
  name: 'repair-plan',
  kind: 'source',
  pwalk: '^0.1.0',
  options: z.object({
    root: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    changes: z.custom<Spool>((value) => value instanceof Spool),
  }),
  create: ({ root, changes }): Source => ({
    open: () => planSchema,
    async *read(): AsyncGenerator<EntryBatch> {
      const batches = new PlanBatches(Buffer.from(root));
      let bytes = 0;
      for await (const records of inGroups(changes.read(0), () => PLAN_ROWS)) {
        for (const change of changesIn(records)) {
          batches.append(change);
          bytes += change.size;
          if (batches.rows < PLAN_ROWS && bytes < MOST_BYTES) continue;
          bytes = 0;
          yield batches.finish();
        }
      }
      if (batches.rows > 0) yield batches.finish();
    },
  }),
});
