import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EntryBatch, EntrySchema, type Field } from '@pwalk/core';
import { parquetMetadata } from 'hyparquet';
import { expect, test } from 'vitest';
import { chooseEncoder } from '../src/choose-encoder.js';
import { encoderMemory } from '../src/memory-shares.js';
import { batchOf } from './support/data.js';
import { contextFor, encode, makeSink, success, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const text = { type: 'utf8', nullable: false, description: '' } as const;
const schema = new EntrySchema([
  { name: 'path', ...text },
  { name: 'key', ...text },
] satisfies Field[]);

/** Paths that do not compress, some 70 bytes each, all with the same key. */
function batches(rows: number): EntryBatch[] {
  const random = (i: number) => createHash('sha256').update(`${i}`).digest('hex');
  return Array.from({ length: rows / 4000 }, (_, batch) =>
    batchOf(
      schema,
      Array.from({ length: 4000 }, (_, row) => ({ path: random(4000 * batch + row), key: 'k' })),
    ),
  );
}

/** Rows of the row groups of 60,000 paths, some 4 MB. */
async function rowGroups(memory: number): Promise<number[]> {
  const path = join(directory, `${memory}.parquet`);
  const open = await chooseEncoder('native', { ...contextFor(), memory }, { lanes: 1 });
  await encode(open, path, schema, batches(60_000));
  return rowGroupsOf(path);
}

/** The same of the one file of a dataset of 32,000. */
async function rowGroupsOfDataset(memory: number): Promise<number[]> {
  const path = join(directory, `${memory}`);
  const sink = await makeSink({ path, partitionBy: ['key'], encoder: 'native' });
  const ctx = { ...contextFor(), memory };
  await sink.open?.(schema, ctx);
  for (const batch of batches(32_000)) await sink.write(batch, ctx);
  await sink.close?.(success);
  const [file = ''] = readdirSync(join(path, 'key=k'));
  return rowGroupsOf(join(path, 'key=k', file));
}

function rowGroupsOf(path: string): number[] {
  const bytes = readFileSync(path);
  const { row_groups } = parquetMetadata(bytes.buffer.slice(bytes.byteOffset));
  return row_groups.map(({ num_rows }) => Number(num_rows));
}

test('row groups end where their share of the memory does', async () => {
  expect(await rowGroups(2 ** 28)).toEqual([60_000]);
  const small = await rowGroups(2 ** 23);
  expect(small.length).toBeGreaterThan(2);
  expect(small.reduce((sum, rows) => sum + rows, 0)).toBe(60_000);
});

test('in a dataset they end where the share of one of sixteen files does', async () => {
  expect(await rowGroupsOfDataset(2 ** 30)).toEqual([32_000]);
  const small = await rowGroupsOfDataset(2 ** 25);
  expect(small.length).toBeGreaterThan(2);
  expect(small.reduce((sum, rows) => sum + rows, 0)).toBe(32_000);
});

test('lanes and files divide what encoders have; with much of it the limits are the usual ones', () => {
  const [one, four] = [encoderMemory(2 ** 26, 1, 1), encoderMemory(2 ** 26, 4, 1)];
  expect(one.pageBytes).toBe(Math.floor(2 ** 24 / 3));
  expect(4 * four.rowGroupBytes).toBeLessThanOrEqual(one.rowGroupBytes);
  expect(16 * encoderMemory(2 ** 26, 1, 16).pageBytes).toBeLessThanOrEqual(one.pageBytes);
  expect(encoderMemory(2 ** 20, 4, 16).rowGroupBytes).toBe(2 ** 16);
  expect([one.isHeapSmall, encoderMemory(2 ** 28, 4, 1).isHeapSmall]).toEqual([true, false]);
  expect(encoderMemory(2 ** 40, 1, 1).rowGroupBytes).toBe(2 ** 27);
});
