import { definePlugin, type EntryBatch, type Source } from '@pwalk/core';
import { anyOptions } from './any-options.js';
import { numberSchema } from './counting-source.js';

/** A source of numbered rows around whatever a test has it read. */
export function anySource(read: () => AsyncIterable<EntryBatch>, more: Partial<Source> = {}) {
  return definePlugin({
    name: 'test-source',
    kind: 'source',
    pwalk: '*',
    options: anyOptions<void>(),
    create: (): Source => ({ open: () => numberSchema, read, ...more }),
  })(undefined);
}
