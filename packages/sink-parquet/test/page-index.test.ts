import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EntrySchema } from '@pwalk/core';
import {
  type ParquetQueryFilter,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { readColumnIndex, readOffsetIndex } from 'hyparquet/src/indexes.js';
import { compressors } from 'hyparquet-compressors';
import { expect, test } from 'vitest';
import { nativeEncoder } from '../src/native-encoder.js';
import { batchOf } from './support/data.js';
import { encode, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const schema = new EntrySchema([
  { name: 'path', type: 'utf8', nullable: false, description: '' },
  { name: 'size', type: 'uint64', nullable: true, description: '' },
  { name: 'errno', type: 'int32', nullable: true, description: '' },
]);

/** 1000 rows in pages of 100 and row groups of 400; sizes only in every second page. */
async function writeFile(): Promise<ArrayBuffer> {
  const open = nativeEncoder({ lanes: 1, pageRows: 100 });
  if (typeof open !== 'function') throw open;
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    path: `/p/${String(i).padStart(4, '0')}`,
    size: Math.floor(i / 100) % 2 === 0 ? BigInt(i) : null,
    errno: null,
  }));
  const path = join(directory, 'index.parquet');
  await encode(open, path, schema, [batchOf(schema, rows)], { rowGroupRows: 400 });
  const bytes = readFileSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

test('the page index says where every page is, what it holds, and which are all null', async () => {
  const file = await writeFile();
  const metadata = parquetMetadata(file);
  const elements = parquetSchema(metadata).children.map((child) => child.element);
  const firstRows: number[] = [];
  const sizes: unknown[] = [];
  const nullPages: boolean[][] = [[], [], []];
  for (const group of metadata.row_groups) {
    group.columns.forEach((chunk, at) => {
      const element = elements[at];
      if (element === undefined) throw new Error('no such column');
      const column = readColumnIndex(reader(file, chunk.column_index_offset), element);
      const { page_locations: pages } = readOffsetIndex(reader(file, chunk.offset_index_offset));
      nullPages[at]?.push(...column.null_pages);
      expect(column.null_counts?.map(Number)).toEqual(
        column.null_pages.map((all) => (all ? 100 : 0)),
      );
      expect(pages.length).toBe(column.null_pages.length);
      // Pages follow one another, the first where the footer says.
      let expected = chunk.meta_data?.data_page_offset;
      for (const page of pages) {
        expect(page.offset).toBe(expected);
        expected = page.offset + BigInt(page.compressed_page_size);
      }
      if (at === 0) firstRows.push(...pages.map((page) => Number(page.first_row_index)));
      if (at === 1) {
        column.min_values.forEach((min, page) => {
          if (!column.null_pages[page]) sizes.push([min, column.max_values[page]]);
        });
      }
    });
  }
  expect(firstRows).toEqual([0, 100, 200, 300, 0, 100, 200, 300, 0, 100]);
  expect(sizes).toEqual([0n, 200n, 400n, 600n, 800n].map((min) => [min, min + 99n]));
  expect(nullPages[0]).toEqual(Array(10).fill(false));
  expect(nullPages[1]).toEqual(Array.from({ length: 10 }, (_, page) => page % 2 === 1));
  expect(nullPages[2]).toEqual(Array(10).fill(true));
});

test('a reader that skips pages by the index finds the same rows', async () => {
  const file = await writeFile();
  const read = (filter: ParquetQueryFilter) =>
    parquetReadObjects({ file, compressors, filter, useOffsetIndex: true });
  expect(await read({ path: { $gte: '/p/0350', $lt: '/p/0360' } })).toHaveLength(10);
  expect(await read({ size: { $gt: 899n } })).toHaveLength(0);
  expect(await read({ size: { $gte: 850n } })).toHaveLength(50);
});

function reader(file: ArrayBuffer, offset: bigint | undefined) {
  if (offset === undefined) throw new Error('no index');
  return { view: new DataView(file, Number(offset)), offset: 0 };
}
