import { join } from 'node:path';
import { PwalkError } from '@pwalk/core';
import { expect, test, vi } from 'vitest';
import { batchOf, everyType, randomNumbers, randomRow } from './support/data.js';
import { query } from './support/readers.js';
import { contextFor, makeSink, run, temporaryDirectory } from './support/writing.js';

// As on a machine where the addon cannot be loaded.
vi.mock('../src/native-encoder.js', () => ({
  nativeEncoder: () =>
    new PwalkError('PWALK_NATIVE_UNAVAILABLE', 'The native Parquet encoder cannot be loaded here.'),
}));

const directory = temporaryDirectory();
const random = randomNumbers(11);
const batch = batchOf(
  everyType,
  Array.from({ length: 100 }, () => randomRow(everyType, random, 10)),
);

test('without the addon `auto` warns once and writes with parquet-wasm', async () => {
  const path = join(directory, 'auto.parquet');
  const warnings: string[] = [];
  await run({ path }, everyType, [batch, batch], warnings);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('parquet-wasm');
  const [row] = await query(path, 'select count(*)::int as n from read_parquet($file)');
  expect(row?.n).toBe(200);
});

test('asked for by name, the missing addon is an error and nothing is opened', async () => {
  const sink = await makeSink({ path: join(directory, 'no', 'file.parquet'), encoder: 'native' });
  await expect(Promise.resolve(sink.open?.(everyType, contextFor()))).rejects.toMatchObject({
    code: 'PWALK_NATIVE_UNAVAILABLE',
  });
});
