import { definePlugin, type EntryBatch, type Sink } from '@pwalk/core';
import { anyOptions } from './any-options.js';

export interface RecordingOptions {
  readonly name?: string;
  readonly log?: string[];
  readonly columns?: readonly string[];
  readonly write?: (batch: EntryBatch) => void | Promise<void>;
  readonly failOn?: 'open' | 'flush' | 'close' | undefined;
}

/** A sink that records its life in `log` and does in `write` what the test wants. */
export const recordingSink = definePlugin({
  name: 'recording',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<RecordingOptions>(),
  capabilities: (options) => ({ columns: options.columns ?? ['path', 'size'] }),
  create: ({ name = 'sink', log, write, failOn }): Sink => ({
    open: () => {
      log?.push(`open ${name}`);
      if (failOn === 'open') throw new Error('cannot open');
    },
    write: (batch) => write?.(batch),
    flush: () => {
      if (failOn === 'flush') throw new Error('cannot flush');
    },
    close: (outcome) => {
      log?.push(`close ${name} ${outcome.ok ? 'ok' : outcome.error.code}`);
      if (failOn === 'close') throw new Error('cannot publish');
    },
  }),
});
