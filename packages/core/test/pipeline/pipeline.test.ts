import { runPipeline } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { countingSource } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';

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
