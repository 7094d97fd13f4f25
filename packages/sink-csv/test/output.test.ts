import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { defaultEntrySchema, definePlugin, runPipeline } from '@pwalk/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { csv } from '../src/index.js';
import { batchOf, fileRow } from './support/data.js';
import { query } from './support/duckdb.js';
import {
  contextFor,
  failure,
  makeSink,
  rejection,
  run,
  success,
  temporaryDirectory,
} from './support/writing.js';

const directory = temporaryDirectory();
const batches = Array.from({ length: 40 }, (_, b) =>
  batchOf(
    Array.from({ length: 500 }, (_, i) =>
      fileRow({ path: `/data/file ${b} ${i}.txt`, inode: BigInt(b * 500 + i) }),
    ),
  ),
);

describe.each(['dey', 'rfc4180'] as const)('%s', (dialect) => {
  const header = dialect === 'dey';

  test('the file appears when it is whole, in the order of the batches', async () => {
    const path = join(directory, `whole-${dialect}.csv`);
    const sink = await makeSink({ path, dialect });
    const ctx = contextFor();
    await sink.open?.(defaultEntrySchema, ctx);
    for (const batch of batches) await sink.write(batch, ctx);
    expect(existsSync(path)).toBe(false);
    expect(sink.outputs?.()).toEqual([]);
    await sink.close?.(success);
    const text = readFileSync(path, 'utf8');
    expect(sink.outputs?.()).toMatchObject([{ path, rows: 20_000, bytes: text.length }]);
    const numbers = [...text.matchAll(/file (\d+) (\d+)\.txt"?,/g)];
    const order = numbers.map(([, b, i]) => Number(b) * 500 + Number(i));
    expect(order.filter((at, i) => i > 0 && at < (order[i - 1] ?? 0))).toEqual([]);
    expect(new Set(order).size).toBe(20_000);
  });

  test('a batch is acknowledged when it is written: the walker may use its memory again', async () => {
    const path = join(directory, `released-${dialect}.csv`);
    const written: number[] = [];
    const same = batchOf(Array.from({ length: 500 }, () => fileRow()));
    const source = definePlugin({
      name: 'same-batch',
      kind: 'source',
      pwalk: '*',
      options: z.undefined(),
      create: () => ({
        open: () => defaultEntrySchema,
        async *read() {
          for (let i = 0; i < 20; i++) yield same.narrowedTo(defaultEntrySchema);
        },
        acknowledge() {
          const [temporary = ''] = readdirSync(directory).filter((name) =>
            name.startsWith('.released'),
          );
          written.push(statSync(join(directory, temporary)).size);
        },
      }),
    });
    await runPipeline({ source: source(), sinks: [csv({ path, dialect, header: false })] });
    const size = readFileSync(path).length / 20;
    expect(written).toHaveLength(20);
    expect(written.map((bytes, at) => bytes >= (at + 1) * size)).not.toContain(false);
  });

  test.each(['gz', 'zst'])('.%s is what the plain file is', async (ending) => {
    const plain = join(directory, `plain-${dialect}.csv`);
    const packed = join(directory, `packed-${dialect}.csv.${ending}`);
    for (const path of [plain, packed])
      await run({ path, dialect, header: true }, defaultEntrySchema, batches);
    const read = 'select * from read_csv($file, header=true, all_varchar=true)';
    const rows = await query(packed, read);
    expect(rows).toHaveLength(20_000);
    expect(rows).toEqual(await query(plain, read));
    expect(readFileSync(packed).length).toBeLessThan(readFileSync(plain).length / 5);
    if (ending === 'gz') {
      expect(gunzipSync(readFileSync(packed)).equals(readFileSync(plain))).toBe(true);
    }
  });

  test('a compressed file without rows is valid', async () => {
    const path = join(directory, `empty-${dialect}.csv`);
    await run({ path, dialect, header: false, compression: 'gzip' }, defaultEntrySchema, []);
    expect(gunzipSync(readFileSync(path))).toHaveLength(0);
    await run({ path, dialect, header: false, compression: 'zstd' }, defaultEntrySchema, []);
    expect(readFileSync(path).subarray(0, 4).toString('hex')).toBe('28b52ffd');
    await run({ path, dialect, header: false }, defaultEntrySchema, []);
    expect(readFileSync(path)).toHaveLength(0);
  });

  test('nothing is left of a run that failed, and an older file stays', async () => {
    const path = join(directory, `failed-${dialect}.csv`);
    writeFileSync(path, 'older');
    const sink = await makeSink({ path, dialect, header });
    const ctx = contextFor();
    await sink.open?.(defaultEntrySchema, ctx);
    for (const batch of batches) await sink.write(batch, ctx);
    await sink.close?.(failure);
    expect(readFileSync(path, 'utf8')).toBe('older');
    expect(readdirSync(directory).filter((name) => name.includes('pwalk-'))).toEqual([]);
  });

  test.each(['none', 'gzip', 'zstd'] as const)(
    'a full device is PWALK_OUTPUT_WRITE with its remedy (%s)',
    async (compression) => {
      const sink = await makeSink({ path: '/dev/full', dialect, compression, header: false });
      const ctx = contextFor();
      await sink.open?.(defaultEntrySchema, ctx);
      const error = await rejection(
        (async () => {
          for (const batch of batches) await sink.write(batch, ctx);
          await sink.close?.(success);
        })(),
      );
      expect(error.code).toBe('PWALK_OUTPUT_WRITE');
      expect(error.message).toMatch(/ENOSPC.*free some space/);
      await sink.close?.(failure);
    },
  );

  test('a full device is found out with the header', async () => {
    const sink = await makeSink({ path: '/dev/full', dialect, header: true });
    const error = await rejection(sink.open?.(defaultEntrySchema, contextFor()));
    expect(error.code).toBe('PWALK_OUTPUT_WRITE');
  });

  test('/dev/null is written in place', async () => {
    const [output] = await run({ path: '/dev/null', dialect }, defaultEntrySchema, batches);
    expect(output?.rows).toBe(20_000);
  });
});

test('a directory that is missing is PWALK_OUTPUT_OPEN', async () => {
  const sink = await makeSink({ path: join(directory, 'no/such/file.csv') });
  const error = await rejection(sink.open?.(defaultEntrySchema, contextFor()));
  expect(error.code).toBe('PWALK_OUTPUT_OPEN');
});

/** A program that writes many batches to standard output or a fifo, then does as it is told. */
const program = (path: string, rows: number, end = 'success') => `
  import { BatchBuilder, defaultEntrySchema } from '@pwalk/core';
  import { csv } from '@pwalk/sink-csv';
  process.stdout.on('error', () => {});
  const { plugin } = csv({ path: ${JSON.stringify(path)}, dialect: 'dey' });
  const { value } = await plugin.options['~standard'].validate({ path: ${JSON.stringify(path)}, dialect: 'dey' });
  const sink = await plugin.create(value);
  const ctx = { scan: { rootBytes: [] }, memory: 2 ** 28, signal: new AbortController().signal, warn: console.error, registerOwnFile() {} };
  await sink.open(defaultEntrySchema, ctx);
  const builder = new BatchBuilder(defaultEntrySchema);
  const t = 0n;
  let last = Promise.resolve();
  try {
    for (let b = 0; b < ${rows} / 10000; b++) {
      for (let i = 0; i < 10000; i++) builder.append({
        path: '/data/file ' + (b * 10000 + i), name: 'n', ext: '', type: 'file', inode: BigInt(i), parent_inode: 1n,
        dev: 1n, depth: 0, mode: 33188, uid: 0, gid: 0, size: 0n, blocks: 0n, nlink: 1, atime: t, mtime: t, ctime: t, state: 'ok',
      });
      last = sink.write(builder.finish(), ctx);
      if ('${end}' !== 'success' && b === 1) break;
      await last;
    }
    if ('${end}' === 'exit') setTimeout(() => process.exit(7), 200);
    else if ('${end}' === 'abort') {
      last.catch(() => {});
      await new Promise((go) => setTimeout(go, 200));
      await sink.close({ ok: false, error: new Error('stop') });
    } else await sink.close({ ok: true, accounting: null, complete: true, finishedAt: new Date() });
  } catch (error) {
    console.error(error.code);
    await sink.close({ ok: false, error });
  }
`;

const cwd = join(import.meta.dirname, '..');

test('standard output through a slow pipe is the whole file', () => {
  const path = join(directory, 'stdout.csv');
  const script = join(cwd, 'test', 'support', 'slow-cat.mjs');
  execFileSync(
    'bash',
    [
      '-c',
      '"$0" --input-type=module -e "$1" | "$0" "$2" > "$3"',
      process.execPath,
      program('-', 100_000),
      script,
      path,
    ],
    { cwd },
  );
  const paths = readFileSync(path, 'utf8').match(/file \d+/g);
  expect(paths).toEqual(Array.from({ length: 100_000 }, (_, i) => `file ${i}`));
});

test('a reader that leaves is PWALK_OUTPUT_CLOSED', () => {
  const { stderr } = spawnSync(
    'bash',
    [
      '-c',
      '"$0" --input-type=module -e "$1" | head -c 10 > /dev/null',
      process.execPath,
      program('-', 200_000),
    ],
    { cwd, encoding: 'utf8' },
  );
  expect(stderr.trim()).toBe('PWALK_OUTPUT_CLOSED');
});

test.each([
  ['abort', 0],
  ['exit', 7],
])('a reader that has stopped reading does not keep the process (%s)', async (end, status) => {
  // `sleep` holds the reading end of the pipe open and never reads.
  const child = spawn(
    'bash',
    [
      '-c',
      '{ "$0" --input-type=module -e "$1"; echo "status $?" >&2; } | sleep 60',
      process.execPath,
      program('-', 200_000, end),
    ],
    { cwd, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const [printed] = await once(child.stderr, 'data');
  expect(String(printed)).toContain(`status ${status}`);
  // The whole group, which the sleep is part of.
  if (child.pid !== undefined) process.kill(-child.pid);
});
