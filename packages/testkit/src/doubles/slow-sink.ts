import { definePlugin, type EntryBatch } from '@pwalk/core';
import { anyOptions } from './any-options.js';

export interface Slow {
  /** Resolves when the sink may take the next batch: the caller decides, no clock. */
  readonly until: (batch: EntryBatch) => Promise<void>;
}

/** A sink that takes as long for each batch as its caller says. */
export const slowSink = definePlugin({
  name: 'slow',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<Slow>(),
  create: ({ until }) => ({ write: until }),
});
