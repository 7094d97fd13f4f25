import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { definePlugin, type EntryBatch, runPipeline, type Source } from '@pwalk/core';
import { bufferCount, mergeAll } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { anyFilter } from '../support/any-filter.js';
import { anyOptions } from '../support/any-options.js';
import { countingSource, numberBatch, numberSchema } from '../support/counting-source.js';
import { recordingSink } from '../support/recording-sink.js';
import { gate, SpillDirectory } from '../support/spilling.js';

const isRoot = process.getuid?.() === 0;
const spill = new SpillDirectory();

const upTo = (rows: number) => Array.from({ length: rows }, (_, row) => BigInt(row));

describe('a pipeline that spills', () => {
  it('reads its source to the end while a sink stands still, and hands on all rows in order', async () => {
    const { open, numbers, write } = gate();
    const statuses: string[] = [];
    // Without spilling it would never come to the last batch, and the sink would never be let go.
    const source = countingSource({
      batches: 100,
      onPull: (pulled) => pulled === 100 && open(),
      onAcknowledge: (status) => statuses.push(status),
    });
    const { overflow, rows, matched } = await spill.run({
      source,
      sinks: [recordingSink({ write })],
    });
    expect(numbers).toEqual(upTo(1000));
    expect({ rows, matched }).toEqual({ rows: 1000, matched: 1000 });
    expect(statuses).toEqual(Array(100).fill('delivered'));
    // All but those in flight; the last came while the others were on disk.
    expect(overflow?.batches).toBeGreaterThanOrEqual(90);
    expect(overflow?.peak).toBeGreaterThan((overflow?.bytes ?? 0) * 0.9);
  });

  it('puts nothing on disk for a sink that keeps up', async () => {
    const numbers: bigint[] = [];
    const write = (batch: EntryBatch) => {
      numbers.push(...batch.column('size').values);
    };
    const source = countingSource({ batches: 200 });
    const { overflow } = await spill.run({ source, sinks: [recordingSink({ write })], credit: 1 });
    expect(overflow).toEqual({ batches: 0, bytes: 0, peak: 0 });
    expect(numbers).toEqual(upTo(2000));
  });

  it('tells how much is on disk while it runs', async () => {
    const { open, opened } = gate();
    const told: number[] = [];
    const source = countingSource({ batches: 100 });
    const { overflow } = await spill.run({
      source,
      sinks: [recordingSink({ write: () => opened })],
      onProgress: ({ overflowBytes }) => {
        told.push(overflowBytes);
        if (overflowBytes > 0) open();
      },
    });
    expect(Math.max(...told)).toBeLessThanOrEqual(overflow?.peak ?? 0);
    expect(told.at(-1)).toBe(0);
  });

  it('is one that was asked to', async () => {
    const { overflow } = await runPipeline({ source: countingSource({ batches: 3 }) });
    expect(overflow).toBe(null);
  });

  it.each([true, false])(
    'lets the source use memory again at once, and its sinks read what was there; they release: %s',
    async (releases) => {
      const { open, numbers, write } = gate();
      const batches = Array.from({ length: 60 }, (_, at) => {
        const whole = numberBatch(20, at * 20);
        return at % 2 === 0 ? whole : whole.select(new Uint8Array(20).fill(1, 5));
      });
      let released = 0;
      const scribble = (batch: EntryBatch) => {
        released++;
        batch.column('size').values.fill(0n);
      };
      const source = definePlugin({
        name: 'reusing',
        kind: 'source',
        pwalk: '*',
        options: anyOptions(),
        create: (): Source => ({
          open: () => numberSchema,
          async *read() {
            yield* batches;
            open();
          },
          // The memory of a selection is that of the whole batch: here it is gathered.
          release: scribble,
        }),
      });
      const sink = definePlugin({
        name: 'sink',
        kind: 'sink',
        pwalk: '*',
        options: anyOptions(),
        capabilities: { columns: ['path', 'size'], releases },
        create: () => ({ write }),
      });
      const expected = batches.flatMap((batch) => [...batch.column('size').values]);
      const { overflow } = await spill.run({ source: source(undefined), sinks: [sink(undefined)] });
      expect(numbers).toEqual(expected);
      expect(released).toBe(overflow?.batches);
      expect(released).toBeGreaterThan(50);
    },
  );

  it('has filters and operators before its sinks, as any', async () => {
    const { open, numbers, write } = gate();
    const odd = anyFilter({
      filter: {
        map: (batch) =>
          batch.select(Uint8Array.from({ length: batch.length }, (_, row) => row & 1)),
      },
    });
    const buffered = anyFilter({
      filter: { pipe: (stream) => stream.pipe(bufferCount(5), mergeAll()) },
    });
    const source = countingSource({ batches: 100, onPull: (pulled) => pulled === 100 && open() });
    const { overflow, matched } = await spill.run({
      source,
      filters: [odd, buffered],
      sinks: [recordingSink({ write })],
      credit: 2,
    });
    expect(numbers).toEqual(upTo(1000).filter((number) => number % 2n === 1n));
    expect(matched).toBe(500);
    expect(overflow?.batches).toBeGreaterThan(50);
  });
});

describe('where there is no more room', () => {
  /** Rows of some 12 KB a batch. */
  const rows = 500;

  it('for what it may use, the source waits, and goes on when some of it was taken', async () => {
    const { open, opened, numbers, write } = gate();
    const state = { pulled: 0, done: 0, most: 0 };
    const source = countingSource({
      batches: 400,
      rows,
      onPull: (pulled) => {
        state.pulled = pulled;
        state.most = Math.max(state.most, pulled - state.done);
        if (pulled === 60) open();
      },
    });
    const slow = async (batch: EntryBatch) => {
      await write(batch);
      await opened;
      state.done++;
    };
    const { overflow } = await spill.run({
      source,
      sinks: [recordingSink({ write: slow })],
      spillLimit: 1024 * 1024,
    });
    expect(numbers).toEqual(upTo(400 * rows));
    expect(overflow?.peak).toBeLessThanOrEqual(1024 * 1024);
    expect(overflow?.peak).toBeGreaterThan(512 * 1024);
    // Those that fit, those in flight, and the one that is held.
    const bytesOfOne = (overflow?.bytes ?? 0) / (overflow?.batches ?? 1);
    expect(state.most).toBeLessThanOrEqual((1024 * 1024) / bytesOfOne + 8 + 3);
  });

  it('for a single batch, that is handed on', async () => {
    let numbers = 0;
    const write = async (batch: EntryBatch) => {
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      numbers += batch.length;
    };
    const source = countingSource({ batches: 4, rows: 80_000 });
    const { overflow } = await spill.run({
      source,
      sinks: [recordingSink({ write })],
      spillLimit: 1024 * 1024,
      credit: 1,
    });
    expect(numbers).toBe(320_000);
    expect(overflow?.batches).toBe(0);
  });

  it.runIf(isRoot)(
    'on the disk, it says so once, and goes on when all of it was taken',
    async () => {
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', spill.path]);
      expect(mounted.status).toBe(0);
      try {
        const { open, numbers, write } = gate();
        const warnings: string[] = [];
        let pulled = 0;
        let hasStoodAgain = false;
        const slow = async (batch: EntryBatch) => {
          await write(batch);
          if (hasStoodAgain || spill.files().some((path) => statSync(path).size > 0)) return;
          // Nothing is on disk any more: more is put there than is in flight, or this never ends.
          hasStoodAgain = true;
          for (const most = pulled + 8 + 8; pulled < most; ) await new Promise(setImmediate);
        };
        const source = countingSource({
          batches: 400,
          rows,
          onPull: (now) => {
            pulled = now;
          },
        });
        const result = await spill.run({
          source,
          sinks: [recordingSink({ write: slow })],
          onWarning: (message) => {
            warnings.push(message);
            open();
          },
        });
        expect(numbers).toEqual(upTo(400 * rows));
        expect(warnings).toEqual([
          `Batches cannot be spilled to "${spill.path}" any more: no space left on device (ENOSPC); until what is there has been taken, the walk waits for its sinks.`,
        ]);
        expect(hasStoodAgain).toBe(true);
        expect(result.overflow?.peak).toBeLessThanOrEqual(256 * 1024);
      } finally {
        spawnSync('umount', [spill.path]);
      }
    },
  );
});
