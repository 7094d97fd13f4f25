import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineSpec } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { anySource } from '../support/any-source.js';
import { countingSource, numberBatch } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';
import { gate, SpillDirectory } from '../support/spilling.js';

const spill = new SpillDirectory();

describe('a run that spills and fails', () => {
  it('because the directory cannot be used: before its source is opened', async () => {
    const log: string[] = [];
    const missing = join(spill.path, 'missing');
    const error = await failureOf({
      source: countingSource({ batches: 3, log }),
      overflow: 'spill',
      spillDir: missing,
    });
    expect(error.code).toBe('PWALK_SPILL_FAILED');
    expect(error.message).toMatch(/^Batches cannot be spilled to ".*missing": .*\(ENOENT\); name/);
    expect(log).toEqual([]);
  });

  it.each([
    [{ overflow: 'spil' }, 'overflow is "spil"; give "pause" or "spill".'],
    [{ spillDir: '' }, 'spillDir is empty; name a directory.'],
    [{ spillLimit: 1000 }, 'spillLimit is 1000; give a number of bytes, at least 1 MiB.'],
  ])('because of an option: %o', async (options, message) => {
    const spec = { source: countingSource({ batches: 1 }), ...options } as PipelineSpec;
    expect(await failureOf(spec)).toMatchObject({ code: 'PWALK_OPTIONS_INVALID', message });
  });

  it('because what is on disk does not come back: the sink is told, and the source ended', async () => {
    const { open, opened } = gate();
    const log: string[] = [];
    const write = async () => {
      await opened;
      for (const path of spill.files()) truncateSync(path, 100);
    };
    const error = await failureOf({
      source: countingSource({
        batches: 1000,
        log,
        onPull: (pulled) => pulled === 100 && open(),
      }),
      sinks: [recordingSink({ write, log })],
      overflow: 'spill',
      spillDir: spill.path,
    });
    expect(error.code).toBe('PWALK_SPILL_FAILED');
    expect(error.message).toMatch(/^Batches that were spilled to ".*" do not come back: it is /);
    expect(log).toContain('close sink PWALK_SPILL_FAILED');
    expect(log).toContain('end of read');
  });

  it('because its source does: at once', async () => {
    const { open, opened } = gate();
    let written = 0;
    const write = async () => {
      await opened;
      written++;
    };
    const error = await failureOf({
      source: countingSource({
        batches: 100,
        failAt: 90,
        onPull: (pulled) => pulled === 91 && open(),
      }),
      sinks: [recordingSink({ write })],
      overflow: 'spill',
      spillDir: spill.path,
    });
    expect(error.message).toMatch(/the source broke/);
    expect(written).toBeLessThan(50);
  });

  it('because it is cancelled: at once, whatever waits', async () => {
    const { open, opened } = gate();
    const abort = new AbortController();
    const log: string[] = [];
    const source = countingSource({
      batches: 1_000_000,
      log,
      onPull: (pulled) => {
        if (pulled !== 100) return;
        abort.abort();
        open();
      },
    });
    const error = await failureOf({
      source,
      sinks: [recordingSink({ write: () => opened, log })],
      overflow: 'spill',
      spillDir: spill.path,
      signal: abort.signal,
    });
    expect(error.code).toBe('PWALK_CANCELLED');
    expect(log).toContain('end of read');
    expect(log).toContain('close sink PWALK_CANCELLED');
  });

  it('because rows are missing: its account covers what was handed on', async () => {
    const { open, write } = gate();
    // Ten rows when it is looked at and counted as it comes, and five when it goes to disk.
    const shrinking = numberBatch(10, 100);
    const lengths = [10, 10];
    Object.defineProperty(shrinking, 'length', { get: () => lengths.pop() ?? 5 });
    const source = anySource(async function* () {
      for (let at = 0; at < 20; at++) yield at === 15 ? shrinking : numberBatch(10);
      open();
    });
    const error = await failureOf({
      source,
      sinks: [recordingSink({ write })],
      overflow: 'spill',
      spillDir: spill.path,
    });
    expect(error).toMatchObject({
      code: 'PWALK_ACCOUNTING_BROKEN',
      message:
        'The walk does not add up: 200 rows came from the source, but 195 were handed on, and 0 bytes of them are still on disk; please report this.',
    });
  });
});
