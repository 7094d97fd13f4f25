import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, PwalkError, runPipeline } from '@pwalk/core';
import { EncodedFileSink } from '@pwalk/core/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anyOptions } from '../support/any-options.js';
import { countingSource } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pwalk-encoded-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A sink of lines that says how many rows each batch has. */
const counts = definePlugin({
  name: 'counts',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<string>(),
  capabilities: { columns: ['size'] },
  create: (path) =>
    new EncodedFileSink(path, 'counts', () => ({
      begin: () => Buffer.from('begin\n'),
      encode: ({ length }) => Buffer.from(`${length}\n`),
      end: ({ complete }) => Buffer.from(`end ${complete}\n`),
    })),
});

describe('EncodedFileSink', () => {
  it('writes beginning, batches and end, and publishes the whole', async () => {
    const path = join(dir, 'out');
    const { outputs } = await runPipeline({
      source: countingSource({ batches: 2, rows: 3 }),
      sinks: [counts(path)],
    });
    expect(readFileSync(path, 'utf8')).toBe('begin\n3\n3\nend true\n');
    expect(outputs).toEqual([{ path, format: 'counts', rows: 6, bytes: 19 }]);
    expect(readdirSync(dir)).toEqual(['out']);
  });

  it.each(['the walk', 'another sink'])('leaves nothing when %s fails', async (what) => {
    const path = join(dir, 'out');
    await failureOf({
      source: countingSource({ batches: 3, ...(what === 'the walk' ? { failAt: 2 } : {}) }),
      sinks: [
        counts(path),
        recordingSink({
          write: () => {
            if (what !== 'the walk') throw new Error('no');
          },
        }),
      ],
    });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says in one sentence that a device is full, or a directory is missing', async () => {
    const full = await failureOf({
      source: countingSource({ batches: 1 }),
      sinks: [counts('/dev/full')],
    });
    expect(full.code).toBe('PWALK_OUTPUT_WRITE');
    const missing = await failureOf({
      source: countingSource({ batches: 1 }),
      sinks: [counts(join(dir, 'no', 'out'))],
    });
    expect(missing.code).toBe('PWALK_OUTPUT_OPEN');
  });

  it('gives a write up when the run is cancelled', async () => {
    const fifo = join(dir, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const abort = new AbortController();
    const run = runPipeline({
      source: countingSource({ batches: 1, onPull: () => abort.abort() }),
      sinks: [counts(fifo)],
      signal: abort.signal,
    });
    // Nobody reads the fifo, so opening it waits: the cancel ends that, too.
    setImmediate(() => abort.abort());
    await expect(run).rejects.toSatisfy(
      (error) => error instanceof PwalkError && error.code === 'PWALK_CANCELLED',
    );
    expect(existsSync(fifo)).toBe(true);
  });
});
