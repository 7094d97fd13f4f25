import {
  type Acknowledgement,
  definePlugin,
  type EntryBatch,
  type Field,
  type Filter,
  NumberColumn,
  type PipelineSpec,
  PwalkError,
  runPipeline,
} from '@pwalk/core';
import { bufferCount, concatAll } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { anyOptions } from '../support/any-options.js';
import { countingSource } from '../support/counting-source.js';
import { recordingSink } from '../support/recording-sink.js';

const filterPlugin = definePlugin({
  name: 'test-filter',
  kind: 'filter',
  pwalk: '*',
  options: anyOptions<{ filter: Filter; adds?: Field[] }>(),
  capabilities: ({ adds }) => (adds === undefined ? {} : { adds }),
  create: ({ filter }) => filter,
});

async function failureOf(spec: PipelineSpec): Promise<PwalkError> {
  const error = await runPipeline(spec).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PwalkError)) throw new Error(`no PwalkError but ${error}`);
  return error;
}

describe('the life of a pipeline', () => {
  it('opens source, then sinks, and closes everything once in reverse order', async () => {
    const log: string[] = [];
    const result = await runPipeline({
      source: countingSource({ batches: 3, log }),
      sinks: [recordingSink({ name: 'a', log }), recordingSink({ name: 'b', log })],
    });
    expect(log).toEqual([
      'open source',
      'open a',
      'open b',
      'end of read',
      'close b ok',
      'close a ok',
      'close source ok',
    ]);
    expect(result.rows).toBe(30);
    expect(result.complete).toBe(true);
  });

  it('closes what was opened when a later open throws, and reads nothing', async () => {
    const log: string[] = [];
    const error = await failureOf({
      source: countingSource({ batches: 3, log }),
      sinks: [recordingSink({ name: 'a', log }), recordingSink({ name: 'b', log, failOn: 'open' })],
    });
    expect(error).toMatchObject({ code: 'PWALK_PLUGIN_FAILED', plugin: 'recording', hook: 'open' });
    expect(log).toEqual([
      'open source',
      'open a',
      'open b',
      'close a PWALK_PLUGIN_FAILED',
      'close source PWALK_PLUGIN_FAILED',
    ]);
  });

  it('fails with the plugin and the hook when a write throws, after closing everything', async () => {
    const log: string[] = [];
    let written = 0;
    const error = await failureOf({
      source: countingSource({ batches: 100, log }),
      sinks: [
        recordingSink({
          log,
          write: () => {
            if (++written === 3) throw new Error('disk on fire');
          },
        }),
      ],
    });
    expect(error).toMatchObject({
      code: 'PWALK_PLUGIN_FAILED',
      plugin: 'recording',
      hook: 'write',
    });
    expect(error.message).toBe('Plugin "recording" failed in write(): disk on fire');
    expect(log.slice(-2)).toEqual([
      'close sink PWALK_PLUGIN_FAILED',
      'close source PWALK_PLUGIN_FAILED',
    ]);
  });

  it('closes the others with success when one fails to publish, and fails', async () => {
    const log: string[] = [];
    const error = await failureOf({
      source: countingSource({ batches: 1, log }),
      sinks: [
        recordingSink({ name: 'a', log }),
        recordingSink({ name: 'b', log, failOn: 'close' }),
      ],
    });
    expect(error).toMatchObject({ hook: 'close' });
    expect(log.slice(-3)).toEqual(['close b ok', 'close a ok', 'close source ok']);
  });

  it('fails when the source breaks off', async () => {
    const log: string[] = [];
    const error = await failureOf({
      source: countingSource({ batches: 10, failAt: 4, log }),
      sinks: [recordingSink({ log })],
    });
    expect(error).toMatchObject({ code: 'PWALK_PLUGIN_FAILED', plugin: 'counting', hook: 'read' });
    expect(log.slice(-2)).toEqual([
      'close sink PWALK_PLUGIN_FAILED',
      'close source PWALK_PLUGIN_FAILED',
    ]);
  });

  it('cancels: the write under way ends, the source is left, everything is discarded', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    let writing = 0;
    const error = await failureOf({
      source: countingSource({ batches: 1_000_000, log }),
      sinks: [
        recordingSink({
          log,
          write: async () => {
            writing++;
            if (writing === 1) abort.abort();
            await new Promise(setImmediate);
            log.push('written');
          },
        }),
      ],
      signal: abort.signal,
    });
    expect(error.code).toBe('PWALK_CANCELLED');
    expect(log).toEqual([
      'open source',
      'open sink',
      'end of read',
      'written',
      'close sink PWALK_CANCELLED',
      'close source PWALK_CANCELLED',
    ]);
  });

  it('does not open anything when the signal is aborted already', async () => {
    const log: string[] = [];
    const error = await failureOf({
      source: countingSource({ batches: 1, log }),
      signal: AbortSignal.abort(),
    });
    expect(error.code).toBe('PWALK_CANCELLED');
    expect(log).toEqual([]);
  });

  it('refuses to call a run good whose account does not add up', async () => {
    const broken = await failureOf({
      source: countingSource({ batches: 2, accounting: { read: 21 } }),
    });
    expect(broken.code).toBe('PWALK_ACCOUNTING_BROKEN');
    const fewer = await failureOf({
      source: countingSource({ batches: 2, accounting: { read: 19, rows: 19 } }),
    });
    expect(fewer.message).toMatch(/20 rows seen/);
  });

  it('is not complete when the account has denied entries', async () => {
    const result = await runPipeline({
      source: countingSource({ batches: 1, accounting: { states: { ok: 9, denied: 1 } } }),
    });
    expect(result.complete).toBe(false);
  });
});

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

describe('a run that fails', () => {
  const waitingSink = definePlugin({
    name: 'waiting',
    kind: 'sink',
    pwalk: '*',
    options: anyOptions(),
    create: () => ({
      write: (_, ctx) =>
        new Promise<void>((done) => ctx.signal.addEventListener('abort', () => done())),
    }),
  });
  const failingWrite = () => {
    throw new Error('no');
  };

  it('tells the branches that are waiting for something', async () => {
    const error = await failureOf({
      source: countingSource({ batches: 5 }),
      sinks: [waitingSink(), recordingSink({ write: failingWrite })],
    });
    expect(error).toMatchObject({ plugin: 'recording', hook: 'write' });
  });

  it('fails, and does not hang, when the caller cannot take a warning', async () => {
    const error = await failureOf({
      source: countingSource({ batches: 50 }),
      onError: 'skip-batch',
      sinks: [recordingSink({ write: failingWrite })],
      onWarning: () => {
        throw new Error('nor this');
      },
    });
    expect(error.message).toContain('nor this');
  });

  it('fails when its source cannot take an acknowledgement', async () => {
    const error = await failureOf({
      source: countingSource({
        batches: 50,
        onAcknowledge: () => {
          throw new Error('not me');
        },
      }),
      sinks: [recordingSink({})],
    });
    expect(error).toMatchObject({ plugin: 'counting', hook: 'acknowledge' });
  });

  it('closes a filter only when its map has ended', async () => {
    const log: string[] = [];
    await failureOf({
      source: countingSource({ batches: 5 }),
      filters: [
        filterPlugin({
          filter: {
            map: async (batch) => {
              if (log.length === 0) return batch.select(new Uint8Array(10).fill(1));
              log.push('map begins');
              await new Promise(setImmediate);
              await new Promise(setImmediate);
              log.push('map ends');
              return batch;
            },
            close: () => void log.push('close'),
          },
        }),
      ],
      sinks: [
        recordingSink({
          write: () => {
            log.push('write fails');
            throw new Error('no');
          },
        }),
      ],
    });
    expect(log.at(-1)).toBe('close');
    expect(log.filter((line) => line === 'map begins')).toHaveLength(
      log.filter((line) => line === 'map ends').length,
    );
  });

  it.each([0, -1, 1.5, Number.NaN])(
    'refuses a credit of %d before anything is opened',
    async (credit) => {
      const error = await failureOf({ source: countingSource({ batches: 1 }), credit });
      expect(error.code).toBe('PWALK_OPTIONS_INVALID');
    },
  );
});

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
        filterPlugin({
          filter: { map: (batch) => (batch.column('size').values[0] === 4n ? null : batch) },
        }),
        filterPlugin({
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
        filterPlugin({ filter: { map: async (batch) => batch.select(Uint8Array.of(0, 1, 0, 0)) } }),
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
        filterPlugin({
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
        filterPlugin({ filter: { pipe: (source) => source.pipe(bufferCount(20), concatAll()) } }),
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
        filterPlugin({
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
