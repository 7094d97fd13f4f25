import { definePlugin } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { anyFilter } from '../support/any-filter.js';
import { anyOptions } from '../support/any-options.js';
import { countingSource } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';

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

  it('fails, and does not crash, when the caller cannot take its progress', async () => {
    const error = await failureOf({
      source: countingSource({ batches: 2 }),
      sinks: [recordingSink({})],
      onProgress: () => {
        throw new Error('not now');
      },
    });
    expect(error).toMatchObject({ code: 'PWALK_PLUGIN_FAILED', hook: 'progress' });
    expect(error.message).toContain('not now');
  });

  it('publishes no output when one cannot write its last rows', async () => {
    const log: string[] = [];
    const error = await failureOf({
      source: countingSource({ batches: 2 }),
      sinks: [
        recordingSink({ name: 'a', log }),
        recordingSink({ name: 'b', log, failOn: 'flush' }),
        recordingSink({ name: 'c', log }),
      ],
    });
    expect(error).toMatchObject({ plugin: 'recording', hook: 'flush' });
    expect(log.slice(3)).toEqual(
      ['c', 'b', 'a'].map((name) => `close ${name} PWALK_PLUGIN_FAILED`),
    );
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
        anyFilter({
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
