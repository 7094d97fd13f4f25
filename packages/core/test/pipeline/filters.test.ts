import { type Acknowledgement, type Field, NumberColumn, runPipeline } from '@pwalk/core';
import { bufferCount, concatAll } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { anyFilter } from '../support/any-filter.js';
import { countingSource } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';

describe('filters', () => {
  it('narrow, widen and drop batches, and sinks see what is left', async () => {
    const parity: Field = {
      name: 'parity',
      type: 'uint32',
      nullable: false,
      description: 'size % 2',
    };
    const rows: Record<string, unknown>[] = [];
    const statuses: Acknowledgement[] = [];
    await runPipeline({
      source: countingSource({
        batches: 4,
        rows: 4,
        onAcknowledge: (status) => statuses.push(status),
      }),
      filters: [
        anyFilter({
          filter: { map: (batch) => (batch.column('size').values[0] === 4n ? null : batch) },
        }),
        anyFilter({
          adds: [parity],
          filter: {
            map: (batch) => {
              const values = Uint32Array.from(batch.column('size').values, (size) =>
                Number(size % 2n),
              );
              return batch.with(new Map([[parity, new NumberColumn('uint32', values)]]));
            },
          },
        }),
        anyFilter({ filter: { map: async (batch) => batch.select(Uint8Array.of(0, 1, 0, 0)) } }),
      ],
      sinks: [
        recordingSink({
          columns: ['path', 'parity'],
          write: (batch) => void rows.push(batch.row(0)),
        }),
      ],
    });
    expect(rows).toEqual([1n, 9n, 13n].map((size) => ({ path: `/n/${size}`, parity: 1 })));
    expect(statuses).toEqual(Array(4).fill('delivered'));
  });

  it('hold a credit while they work', async () => {
    let pulled = 0;
    let done = 0;
    let most = 0;
    await runPipeline({
      source: countingSource({
        batches: 50,
        onPull: (n) => {
          pulled = n;
          most = Math.max(most, pulled - done);
        },
      }),
      credit: 2,
      filters: [
        anyFilter({
          filter: {
            map: async (batch) => {
              await new Promise(setImmediate);
              done++;
              return batch;
            },
          },
        }),
      ],
      sinks: [recordingSink({})],
    });
    expect(most).toBeLessThanOrEqual(3);
  });

  it('may be operators with windows larger than the credit', async () => {
    let rows = 0;
    await runPipeline({
      source: countingSource({ batches: 45 }),
      credit: 4,
      filters: [
        anyFilter({ filter: { pipe: (source) => source.pipe(bufferCount(20), concatAll()) } }),
      ],
      sinks: [
        recordingSink({
          write: async (batch) => {
            await new Promise(setImmediate);
            rows += batch.length;
          },
        }),
      ],
    });
    expect(rows).toBe(450);
  });

  it('that throw name the plugin and the hook', async () => {
    const error = await failureOf({
      source: countingSource({ batches: 5 }),
      filters: [
        anyFilter({
          filter: {
            map: () => {
              throw new TypeError('oops');
            },
          },
        }),
      ],
    });
    expect(error).toMatchObject({
      code: 'PWALK_PLUGIN_FAILED',
      plugin: 'test-filter',
      hook: 'map',
    });
    expect(error.cause).toBeInstanceOf(TypeError);
  });
});
