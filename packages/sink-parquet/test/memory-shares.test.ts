import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EntrySchema } from '@pwalk/core';
import { parquetMetadata } from 'hyparquet';
import { expect, test } from 'vitest';
import { chooseEncoder } from '../src/choose-encoder.js';
import { encoderMemory } from '../src/memory-shares.js';
import { batchOf } from './support/data.js';
import { contextFor, encode, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const schema = new EntrySchema([{ name: 'path', type: 'utf8', nullable: false, description: '' }]);

/** Rows of the row groups of 60,000 paths that do not compress, some 4 MB. */
async function rowGroups(memory: number): Promise<number[]> {
  const random = (i: number) => createHash('sha256').update(`${i}`).digest('hex');
  const batches = Array.from({ length: 15 }, (_, batch) =>
    batchOf(
      schema,
      Array.from({ length: 4000 }, (_, row) => ({ path: random(4000 * batch + row) })),
    ),
  );
  const path = join(directory, `${memory}.parquet`);
  const open = await chooseEncoder('native', { ...contextFor(), memory }, { lanes: 1 });
  await encode(open, path, schema, batches);
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

test('lanes divide what the encoder of a file has; with much of it the limits are the usual ones', () => {
  const [one, four] = [encoderMemory(2 ** 26, 1), encoderMemory(2 ** 26, 4)];
  expect(one.pageBytes).toBe(Math.floor(2 ** 24 / 3));
  expect(4 * four.rowGroupBytes).toBeLessThanOrEqual(one.rowGroupBytes);
  expect([one.isHeapSmall, encoderMemory(2 ** 28, 4).isHeapSmall]).toEqual([true, false]);
  expect(encoderMemory(2 ** 40, 1).rowGroupBytes).toBe(2 ** 27);
});
