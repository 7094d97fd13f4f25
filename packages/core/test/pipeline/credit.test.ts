import {
  type Acknowledgement,
  type EntryBatch,
  eachBatch,
  entries,
  observeSource,
} from '@pwalk/core';
import { bufferCount, count, delay, filter, lastValueFrom, map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type CountingOptions, countingSource } from '../support/counting-source.js';

const columns = new Set(['path', 'size']);

/** Counts how far the source is ahead of the work done on its batches. */
function track() {
  const state = { pulled: 0, done: 0, most: 0 };
  return {
    state,
    onPull: (pulled: number) => {
      state.pulled = pulled;
      state.most = Math.max(state.most, pulled - state.done);
    },
    work: async (batches: number) => {
      await new Promise(setImmediate);
      state.done += batches;
    },
  };
}

function stream(options: CountingOptions, credit: number) {
  return observeSource(countingSource(options), { columns, credit });
}

describe('the credit gate', () => {
  it('never lets more batches be in flight than the credit, however slow the work', async () => {
    const { state, onPull, work } = track();
    await lastValueFrom(stream({ batches: 200, onPull }, 4).pipe(eachBatch(() => work(1))));
    expect(state.done).toBe(200);
    expect(state.most).toBeLessThanOrEqual(4);
    expect(state.most).toBeGreaterThan(1);
  });

  it('acknowledges a batch that nobody claims when next() returns', async () => {
    const statuses: Acknowledgement[] = [];
    const onAcknowledge = (status: Acknowledgement) => statuses.push(status);
    const rows = await lastValueFrom(
      stream({ batches: 50, onAcknowledge }, 2).pipe(
        filter((_, index) => index % 3 === 0),
        map((batch) => batch.length),
        count(),
      ),
    );
    expect(rows).toBe(17);
    expect(statuses).toEqual(Array(50).fill('delivered'));
  });

  it('does not stall behind bufferCount larger than the credit, and is bounded by the buffer', async () => {
    const { state, onPull, work } = track();
    await lastValueFrom(
      stream({ batches: 410, onPull }, 8).pipe(
        bufferCount(20),
        eachBatch((batches: EntryBatch[]) => work(batches.length)),
      ),
    );
    expect(state.done).toBe(410);
    // One buffer being worked on, one being filled, and the credit.
    expect(state.most).toBeLessThanOrEqual(20 + 20 + 8);
  });

  it('restores backpressure behind an operator that delays', async () => {
    const { state, onPull, work } = track();
    await lastValueFrom(
      stream({ batches: 100, onPull }, 4).pipe(
        delay(0),
        eachBatch(() => work(1)),
      ),
    );
    expect(state.done).toBe(100);
  });

  it('holds the batch of a derived batch', async () => {
    const { state, onPull, work } = track();
    const firstRow = (batch: EntryBatch) =>
      batch.select(Uint8Array.from({ length: batch.length }, (_, row) => (row === 0 ? 1 : 0)));
    await lastValueFrom(
      stream({ batches: 100, onPull }, 3).pipe(
        map(firstRow),
        eachBatch(() => work(1)),
      ),
    );
    expect(state.most).toBeLessThanOrEqual(3);
  });

  it('flattens to rows with entries()', async () => {
    const last = await lastValueFrom(stream({ batches: 3, rows: 5 }, 2).pipe(entries()));
    expect(last.path).toBe('/n/14');
    expect(last.size).toBe(14n);
    expect(last.get('size')).toBe(14n);
  });

  it('stops the source and closes it when unsubscribed', async () => {
    const log: string[] = [];
    await lastValueFrom(stream({ batches: 1_000_000, log }, 4).pipe(take(3)));
    await expect
      .poll(() => log)
      .toEqual(['open source', 'end of read', 'close source PWALK_CANCELLED']);
  });

  it('ends in PWALK_CANCELLED when its signal aborts', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const source = countingSource({ batches: 1_000_000, log });
    const observed = observeSource(source, { columns, signal: abort.signal });
    let seen = 0;
    const run = lastValueFrom(observed.pipe(eachBatch(() => ++seen === 5 && abort.abort())));
    await expect(run).rejects.toMatchObject({ code: 'PWALK_CANCELLED' });
    expect(log.at(-1)).toBe('close source PWALK_CANCELLED');
  });

  it('passes the error of the work on, and closes the source', async () => {
    const log: string[] = [];
    const run = lastValueFrom(
      stream({ batches: 100, log }, 4).pipe(
        eachBatch(() => {
          throw new Error('work failed');
        }),
      ),
    );
    await expect(run).rejects.toThrow('work failed');
    await expect.poll(() => log.at(-1)).toMatch(/^close source/);
  });
});
