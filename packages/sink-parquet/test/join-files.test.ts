import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EntrySchema } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { readOffsetIndex } from 'hyparquet/src/indexes.js';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, test } from 'vitest';
import type { OpenEncoder } from '../src/encoder.js';
import { joinFiles } from '../src/join-files.js';
import { nativeEncoder } from '../src/native-encoder.js';
import { readMetadata } from '../src/read-metadata.js';
import { openWasmEncoder } from '../src/wasm-encoder.js';
import { batchOf, everyType, randomNumbers, randomRow } from './support/data.js';
import { query, readers } from './support/readers.js';
import { encode, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();

function native(): OpenEncoder {
  const open = nativeEncoder({ lanes: 1, pageRows: 100 });
  if (typeof open !== 'function') throw open;
  return open;
}

async function joined(
  paths: readonly string[],
  name: string,
  signal?: AbortSignal,
): Promise<{ path: string; rows: number; bytes: number }> {
  const path = join(directory, name);
  const output = await OutputFile.open(path);
  const pairs = new Map([
    ['test', 'joined'],
    ['more', 'ünï'],
  ]);
  try {
    const made = await joinFiles(paths, output, pairs, signal);
    await output.publish();
    return { path, ...made };
  } finally {
    await output.discard();
  }
}

describe.each([
  ['native', native()],
  ['wasm', openWasmEncoder],
] as const)('files of the encoder %s', (encoder, open) => {
  test('put together have the rows of all of them, for every reader', async () => {
    const random = randomNumbers(11);
    // More than 15 row groups: the header of a list is longer then. One of the files has no row.
    const pieces = [340, 0, 1, 180].map((rows) =>
      Array.from({ length: rows }, () => randomRow(everyType, random, 60)),
    );
    const paths = await Promise.all(
      pieces.map(async (rows, at) => {
        const path = join(directory, `${encoder}-${at}.parquet`);
        await encode(open, path, everyType, [batchOf(everyType, rows)], { rowGroupRows: 20 });
        return path;
      }),
    );
    const { path, rows, bytes } = await joined(paths, `${encoder}-joined.parquet`);
    expect([rows, bytes]).toEqual([521, readFileSync(path).length]);
    const { hyparquet } = readers;
    const expected = (await Promise.all(paths.map(async (one) => hyparquet?.(one) ?? []))).flat();
    for (const read of Object.values(readers)) expect(await read(path)).toEqual(expected);
    const metadata = await readMetadata(path);
    expect([metadata?.get('test'), metadata?.get('more')]).toEqual(['joined', 'ünï']);
    // A file that was put together is one like any other.
    const again = await joined([path, path], `${encoder}-twice.parquet`);
    expect(again.rows).toBe(1042);
    expect(await hyparquet?.(again.path)).toEqual([...expected, ...expected]);
  });
});

const numbers = new EntrySchema([
  { name: 'path', type: 'utf8', nullable: false, description: '' },
  { name: 'size', type: 'uint64', nullable: true, description: '' },
  { name: 'errno', type: 'int32', nullable: true, description: '' },
]);

async function numbered(name: string, from: number): Promise<string> {
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    path: `/p/${String(from + i).padStart(5, '0')}`,
    size: BigInt(from + i),
    errno: null,
  }));
  const path = join(directory, name);
  await encode(native(), path, numbers, [batchOf(numbers, rows)], { rowGroupRows: 400 });
  return path;
}

test('the page index says where every page is now, and readers that skip pages find their rows', async () => {
  const paths = await Promise.all([0, 1000, 2000].map((from) => numbered(`n${from}`, from)));
  const { path } = await joined(paths, 'indexed.parquet');
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  for (const { columns } of parquetMetadata(file).row_groups) {
    for (const { meta_data, offset_index_offset, column_index_offset } of columns) {
      expect(column_index_offset).toBeGreaterThan(0n);
      const view = { view: new DataView(file, Number(offset_index_offset)), offset: 0 };
      let expected = meta_data?.data_page_offset;
      for (const page of readOffsetIndex(view).page_locations) {
        expect(page.offset).toBe(expected);
        expected = page.offset + BigInt(page.compressed_page_size);
      }
    }
  }
  const filter = { size: { $gte: 1350n, $lt: 1360n } };
  const found = await parquetReadObjects({ file, compressors, filter, useOffsetIndex: true });
  expect(found.map(({ size }) => size)).toEqual(
    Array.from({ length: 10 }, (_, i) => 1350n + BigInt(i)),
  );
  const duck = await query(path, 'select path from $file where size between 2990 and 5000');
  expect(duck).toHaveLength(10);
});

test('what is no Parquet file, was cut short, or has other columns is refused; so is going on when it is to end', async () => {
  const path = await numbered('sound.parquet', 0);
  const other = join(directory, 'other.parquet');
  await encode(native(), other, everyType, [], {});
  await expect(joined([path, other], 'x1.parquet')).rejects.toThrow(/has other columns/);
  const short = join(directory, 'short.parquet');
  writeFileSync(short, readFileSync(path));
  truncateSync(short, 1000);
  await expect(joined([path, short], 'x2.parquet')).rejects.toThrow(/no Parquet file/);
  const ended = AbortSignal.abort(new Error('enough'));
  await expect(joined([path], 'x3.parquet', ended)).rejects.toThrow('enough');
});
