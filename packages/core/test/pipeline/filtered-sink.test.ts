import { type Field, NumberColumn, runPipeline } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { anyFilter } from '../support/any-filter.js';
import { countingSource } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';

/** Keeps the rows whose number is a multiple of `factor`. */
const multiples = (factor: bigint) =>
  anyFilter({
    filter: {
      map: async (batch) => {
        const { values } = batch.column('size');
        return batch.select(Uint8Array.from(values, (size) => +(size % factor === 0n)));
      },
    },
  });

describe('a sink with filters of its own', () => {
  it('takes what they leave, and the sinks beside it everything', async () => {
    const seen: Record<string, bigint[]> = { all: [], some: [], few: [] };
    const into = (name: string) =>
      recordingSink({ write: (batch) => void seen[name]?.push(...batch.column('size').values) });
    await runPipeline({
      source: countingSource({ batches: 3, rows: 4 }),
      filters: [multiples(2n)],
      sinks: [
        into('all'),
        { filters: [multiples(3n)], sink: into('some') },
        { filters: [multiples(3n), multiples(5n)], sink: into('few') },
      ],
    });
    expect(seen).toEqual({ all: [0n, 2n, 4n, 6n, 8n, 10n], some: [0n, 6n], few: [0n] });
  });

  it('sees the columns they add, which the others do not', async () => {
    const parity: Field = { name: 'parity', type: 'uint32', nullable: false, description: 'x' };
    const adding = anyFilter({
      adds: [parity],
      filter: {
        map: (batch) =>
          batch.with(
            new Map([[parity, new NumberColumn('uint32', new Uint32Array(batch.length))]]),
          ),
      },
    });
    const rows: unknown[] = [];
    const sink = recordingSink({
      columns: ['size', 'parity'],
      write: (batch) => void rows.push(batch.row(0)),
    });
    const source = countingSource({ batches: 1 });
    await runPipeline({ source, sinks: [{ filters: [adding], sink }] });
    expect(rows).toEqual([{ size: 0n, parity: 0 }]);
    const failure = await failureOf({ source, sinks: [{ filters: [adding], sink }, sink] });
    expect(failure.code).toBe('PWALK_COLUMN_MISSING');
  });

  it('is opened after them and closed before them, and a filter that throws ends the run', async () => {
    const log: string[] = [];
    const failure = await failureOf({
      source: countingSource({ batches: 2, log }),
      sinks: [
        {
          filters: [
            anyFilter({
              filter: {
                open: () => void log.push('open filter'),
                map: () => {
                  throw new Error('broken');
                },
                close: ({ ok }) => void log.push(`close filter ${ok}`),
              },
            }),
          ],
          sink: recordingSink({ name: 'own', log }),
        },
        recordingSink({ name: 'other', log }),
      ],
    });
    expect(failure).toMatchObject({
      code: 'PWALK_PLUGIN_FAILED',
      plugin: 'test-filter',
      hook: 'map',
    });
    expect(log).toEqual([
      'open source',
      'open filter',
      'open own',
      'open other',
      'end of read',
      'close other PWALK_PLUGIN_FAILED',
      'close own PWALK_PLUGIN_FAILED',
      'close filter false',
      'close source PWALK_PLUGIN_FAILED',
    ]);
  });

  it('refuses a filter that is an operator of the stream', async () => {
    const failure = await failureOf({
      source: countingSource({ batches: 1 }),
      sinks: [
        { filters: [anyFilter({ filter: { pipe: (stream) => stream } })], sink: recordingSink({}) },
      ],
    });
    expect(failure.code).toBe('PWALK_PLUGIN_INVALID');
    expect(failure.message).toContain('among the filters of the pipeline');
  });
});
