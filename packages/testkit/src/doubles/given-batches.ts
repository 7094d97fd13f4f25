import {
  type Acknowledgement,
  definePlugin,
  type EntryBatch,
  EntrySchema,
  type Source,
} from '@pwalk/core';
import { anyOptions } from './any-options.js';

export interface GivenBatches {
  readonly batches: readonly EntryBatch[];
  /** Called before the n-th batch is given, n from 0. */
  readonly onPull?: ((index: number) => void) | undefined;
  readonly onAcknowledge?: ((batch: EntryBatch, status: Acknowledgement) => void) | undefined;
  /** Overwrites a batch once it is acknowledged, or released, as a source does that uses its memory again. */
  readonly overwrite?: boolean | undefined;
}

/** A source that gives the batches it is given. */
export const givenBatches = definePlugin({
  name: 'given-batches',
  kind: 'source',
  pwalk: '*',
  options: anyOptions<GivenBatches>(),
  create: ({ batches, onPull, onAcknowledge, overwrite }): Source => ({
    open: () => batches[0]?.schema ?? new EntrySchema([]),
    async *read() {
      for (const [index, batch] of batches.entries()) {
        onPull?.(index);
        yield batch;
      }
    },
    acknowledge: (batch, status) => {
      if (overwrite === true) scribble(batch);
      onAcknowledge?.(batch, status);
    },
    release: (batch) => {
      if (overwrite === true) scribble(batch);
    },
  }),
});

/** Fills the memory behind a batch with something that no row has. */
function scribble(batch: EntryBatch): void {
  for (const { name } of batch.schema.fields) {
    for (const part of Object.values(batch.column(name))) {
      if (!ArrayBuffer.isView(part)) continue;
      // Offsets stay, so that whoever still reads reads wrong bytes and not beyond the memory.
      if (part instanceof Int32Array && 'offsets' in batch.column(name)) continue;
      new Uint8Array(part.buffer, part.byteOffset, part.byteLength).fill(1);
    }
  }
}
