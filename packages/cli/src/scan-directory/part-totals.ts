import { definePlugin } from '@pwalk/core';
import { summedColumns, TotalsFileSink } from '@pwalk/sink-directories';
import { z } from 'zod';

/** A sink that writes what the directories of a part come to, for the tables of the whole scan. */
export const partTotals = definePlugin({
  name: 'part-totals',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z.strictObject({ path: z.string() }),
  capabilities: { columns: summedColumns, atomic: true, releases: true },
  create: ({ path }) => new TotalsFileSink(path),
});
