import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEntrySchema, EntrySchema, PwalkError } from '@pwalk/core';
import { describe, expect, test } from 'vitest';
import { batchOf, everyType, randomNumbers, randomRow } from './support/data.js';
import { query } from './support/readers.js';
import { contextFor, makeSink, run, success, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const random = randomNumbers(7);
const batch = batchOf(
  everyType,
  Array.from({ length: 5000 }, () => randomRow(everyType, random, 1000)),
);
const failure = { ok: false, error: new PwalkError('PWALK_CANCELLED', 'test') } as const;

async function rejection(promise: unknown): Promise<PwalkError> {
  const error = await Promise.resolve(promise).then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PwalkError)) throw error;
  return error;
}

describe.each(['native', 'wasm'] as const)('%s', (encoder) => {
  test('the file appears when it is whole, and outputs() tells its rows and bytes', async () => {
    const path = join(directory, `whole-${encoder}.parquet`);
    const sink = await makeSink({ path, encoder });
    const ctx = contextFor();
    await sink.open?.(everyType, ctx);
    await sink.write(batch, ctx);
    await sink.write(batch, ctx);
    expect(existsSync(path)).toBe(false);
    expect(sink.outputs?.()).toEqual([]);
    await sink.close?.(success);
    expect(sink.outputs?.()).toEqual([
      { path, format: 'parquet', rows: 10_000, bytes: readFileSync(path).length },
    ]);
  });

  test('nothing is left of a run that failed, and an older file stays', async () => {
    const path = join(directory, `failed-${encoder}.parquet`);
    writeFileSync(path, 'older');
    const sink = await makeSink({ path, encoder });
    const ctx = contextFor();
    await sink.open?.(everyType, ctx);
    await sink.write(batch, ctx);
    await sink.close?.(failure);
    expect(readFileSync(path, 'utf8')).toBe('older');
    expect(readdirSync(directory).filter((name) => name.includes('pwalk-'))).toEqual([]);
  });

  test('a full device is PWALK_OUTPUT_WRITE with its remedy, in write or at the latest in close', async () => {
    const sink = await makeSink({ path: '/dev/full', encoder, rowGroupRows: 1000 });
    const ctx = contextFor();
    await sink.open?.(everyType, ctx);
    const error = await rejection(
      (async () => {
        for (let i = 0; i < 30; i++) await sink.write(batch, ctx);
        await sink.close?.(success);
      })(),
    );
    expect(error.code).toBe('PWALK_OUTPUT_WRITE');
    expect(error.message).toMatch(/ENOSPC.*free some space/);
    await sink.close?.(failure);
  });

  test('columns are chosen by name and written in the order of the schema', async () => {
    const path = join(directory, `columns-${encoder}.parquet`);
    await run({ path, encoder, columns: ['inode', 'bool_nullable', 'path'] }, everyType, [batch]);
    const columns = await query(path, 'describe select * from read_parquet($file)');
    expect(columns.map((row) => row.column_name)).toEqual(['bool_nullable', 'path', 'inode']);
  });

  test('a batch narrowed by a filter is written as it reads', async () => {
    const path = join(directory, `narrowed-${encoder}.parquet`);
    const mask = Uint8Array.from({ length: batch.length }, (_, row) => (row % 3 === 0 ? 1 : 0));
    const narrowed = batch.select(mask);
    await run({ path, encoder }, everyType, [narrowed, batch.select(new Uint8Array(batch.length))]);
    const rows = await query(path, 'select path from read_parquet($file)');
    expect(rows.map((row) => row.path)).toEqual(
      Array.from({ length: narrowed.length }, (_, row) => narrowed.column('path').get(row)),
    );
  });
});

test('a column the schema does not have is named, and nothing is opened', async () => {
  const path = join(directory, 'never.parquet');
  const sink = await makeSink({ path, columns: ['path', 'colour'] });
  const error = await rejection(sink.open?.(defaultEntrySchema, contextFor()));
  expect(error.code).toBe('PWALK_COLUMN_MISSING');
  expect(error.message).toContain('"colour"');
  expect(existsSync(path)).toBe(false);
});

test('a directory that is missing is PWALK_OUTPUT_OPEN', async () => {
  const sink = await makeSink({ path: join(directory, 'no/such/file.parquet') });
  expect((await rejection(sink.open?.(everyType, contextFor()))).code).toBe('PWALK_OUTPUT_OPEN');
});

test('options that do not fit are refused', async () => {
  await expect(makeSink({ path: '' })).rejects.toThrow();
  await expect(makeSink({ path: 'x', level: 20 })).rejects.toThrow();
  await expect(makeSink({ path: 'x', columns: [] })).rejects.toThrow();
  await expect(makeSink({ path: 'x', metadata: { 'pwalk.version': '9' } })).rejects.toThrow(
    /taken/,
  );
});

test('a null where the schema has none is an error, a bitmap of ones is not', async () => {
  const nullable = new EntrySchema([
    { name: 'size', type: 'uint64', nullable: true, description: '' },
  ]);
  const required = new EntrySchema([
    { name: 'size', type: 'uint64', nullable: false, description: '' },
  ]);
  const sink = await makeSink({ path: '/dev/null', encoder: 'native' });
  const ctx = contextFor();
  await sink.open?.(required, ctx);
  await sink.write(batchOf(nullable, [{ size: 1n }]), ctx);
  const error = await rejection(sink.write(batchOf(nullable, [{ size: null }]), ctx));
  expect(error.code).toBe('PWALK_SCHEMA_INVALID');
  await sink.close?.(failure);
});

/** A program that writes `count` batches of one column to standard output. */
const program = (encoder: string, count: number) => `
  import { BatchBuilder, EntrySchema } from '@pwalk/core';
  import { parquet } from '@pwalk/sink-parquet';
  // As the command does: what a write to standard output fails with is told twice.
  process.stdout.on('error', () => {});
  const schema = new EntrySchema([{ name: 'n', type: 'uint64', nullable: false, description: '' }]);
  const { plugin } = parquet({ path: '-', encoder: '${encoder}', compression: 'none', rowGroupRows: 20000 });
  const checked = plugin.options['~standard'].validate({ path: '-', encoder: '${encoder}', compression: 'none', rowGroupRows: 20000 });
  const sink = await plugin.create((await checked).value);
  const scan = { id: '', roots: [], host: '', version: '0', startedAt: new Date(), options: {} };
  const ctx = { scan, memory: 2 ** 28, signal: new AbortController().signal, warn: console.error, registerOwnFile() {} };
  await sink.open(schema, ctx);
  const builder = new BatchBuilder(schema);
  const random = (i) => BigInt(i) * 0x9e3779b97f4a7c15n & 0xffffffffffffffffn;
  try {
    for (let b = 0; b < ${count}; b++) {
      for (let i = 0; i < 10000; i++) builder.append({ n: random(b * 10000 + i) });
      await sink.write(builder.finish(), ctx);
    }
    await sink.close({ ok: true, accounting: null, complete: true, finishedAt: new Date() });
  } catch (error) {
    console.error(error.code);
    await sink.close({ ok: false, error });
  }
`;

const cwd = join(import.meta.dirname, '..');

test.each(['native', 'wasm'])(
  '%s: standard output through a slow pipe is the whole file',
  async (encoder) => {
    const path = join(directory, `stdout-${encoder}.parquet`);
    const script = join(cwd, 'test', 'support', 'slow-cat.mjs');
    execFileSync(
      'bash',
      [
        '-c',
        '"$0" --input-type=module -e "$1" | "$0" "$2" > "$3"',
        process.execPath,
        program(encoder, 20),
        script,
        path,
      ],
      { cwd },
    );
    const [row] = await query(path, 'select count(distinct n)::int as n from read_parquet($file)');
    expect(row?.n).toBe(200_000);
  },
);

test.each(['native', 'wasm'])('%s: a reader that leaves is PWALK_OUTPUT_CLOSED', (encoder) => {
  const { stderr } = spawnSync(
    'bash',
    [
      '-c',
      '"$0" --input-type=module -e "$1" | head -c 10 > /dev/null',
      process.execPath,
      program(encoder, 40),
    ],
    { cwd, encoding: 'utf8' },
  );
  expect(stderr.trim()).toBe('PWALK_OUTPUT_CLOSED');
});
