import { type Acknowledgement, type EntryBatch, runPipeline } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { countingSource } from '../support/counting-source.js';
import { recordingSink } from '../support/recording-sink.js';

describe('fan-out', () => {
  it('gives every branch every batch in order, and the slowest holds the credit', async () => {
    const seen: Record<string, bigint[]> = { fast: [], slow: [] };
    let ahead = 0;
    const take = (name: string) => (batch: EntryBatch) => {
      seen[name].push(batch.column('size').values[0]);
    };
    await runPipeline({
      source: countingSource({ batches: 60 }),
      credit: 3,
      sinks: [
        recordingSink({ write: take('fast') }),
        recordingSink({
          write: async (batch) => {
            await new Promise(setImmediate);
            take('slow')(batch);
            ahead = Math.max(ahead, seen.fast.length - seen.slow.length);
          },
        }),
      ],
    });
    const all = Array.from({ length: 60 }, (_, i) => BigInt(i * 10));
    expect(seen).toEqual({ fast: all, slow: all });
    expect(ahead).toBeLessThanOrEqual(3);
  });

  it('acknowledges with the worst answer of the branches', async () => {
    const statuses: Acknowledgement[] = [];
    const warnings: string[] = [];
    let n = 0;
    const result = await runPipeline({
      source: countingSource({ batches: 4, onAcknowledge: (status) => statuses.push(status) }),
      onError: 'skip-batch',
      sinks: [
        recordingSink({}),
        recordingSink({
          write: () => {
            if (n++ === 1) throw new Error('no');
          },
        }),
      ],
      onWarning: (message) => warnings.push(message),
    });
    expect(statuses.toSorted()).toEqual(['delivered', 'delivered', 'delivered', 'skipped']);
    expect(result).toMatchObject({ skippedBatches: 1, complete: false });
    expect(warnings).toEqual(['Plugin "recording" failed in write(): no']);
  });
});
