import { definePlugin, type EntryBatch, type FileIdentity, type SinkContext } from '@pwalk/core';
import { z } from 'zod';

/** What a run of one part tells and is told besides its file. */
export interface PartHooks {
  /** The scan's own directory, which has no row and is not entered. */
  readonly own: FileIdentity;
  /** Called when the walk begins. */
  readonly onBegin: () => void;
  readonly onRows: (rows: number) => void;
}

const hooks = z.custom<PartHooks>((value) => typeof value === 'object' && value !== null);

/** A sink that counts the rows of a part, and names the directory it is written to. */
export const partMeter = definePlugin({
  name: 'part-meter',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: hooks,
  capabilities: { columns: [], releases: true },
  create: ({ own, onBegin, onRows }) => ({
    open: (_schema: unknown, ctx: SinkContext) => {
      ctx.registerOwnFile(own);
      onBegin();
    },
    write: (batch: EntryBatch) => onRows(batch.length),
  }),
});
