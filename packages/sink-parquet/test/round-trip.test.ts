import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OpenEncoder } from '../src/encoder.js';
import { nativeEncoder } from '../src/native-encoder.js';
import { openWasmEncoder } from '../src/wasm-encoder.js';
import { batchOf, everyType, type Row, randomNumbers, randomRow } from './support/data.js';
import { query, readers } from './support/readers.js';
import { encode, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const seed = Number(process.env.PWALK_TEST_SEED ?? 20_261_123);

/** One lane keeps the order of rows; small pages and dictionaries make all cases happen. */
function smallNative(pageRows: number, dictionaryEntries: number): OpenEncoder {
  const open = nativeEncoder({ lanes: 1, pageRows, dictionaryEntries });
  if (typeof open !== 'function') throw open;
  return open;
}

const encoders: Record<string, OpenEncoder> = {
  'native, small pages and dictionaries': smallNative(100, 20),
  'native, large pages': smallNative(32_768, 65_536),
  wasm: openWasmEncoder,
};

/** What readers call them. */
const codecNames = { zstd: 'ZSTD', lz4: 'LZ4_RAW', none: 'UNCOMPRESSED' };

const shapes = [
  { rows: [], variety: 1 },
  { rows: [0, 1, 0], variety: 1 },
  { rows: [7], variety: 4 },
  { rows: [500, 1, 8, 491], variety: 10 },
  { rows: [1000, 2000], variety: 1_000_000 },
];

describe.each(Object.entries(encoders))('%s', (name, open) => {
  describe.each(shapes)('batches of $rows rows, $variety values', ({ rows, variety }) => {
    for (const compression of ['zstd', 'lz4', 'none'] as const) {
      test(`${compression}: every reader returns every value (seed ${seed})`, async () => {
        const random = randomNumbers(seed + variety);
        const batches = rows.map((count) =>
          Array.from({ length: count }, () => randomRow(everyType, random, variety)),
        );
        const path = join(directory, `${name}-${rows.length}-${variety}-${compression}.parquet`);
        await encode(
          open,
          path,
          everyType,
          batches.map((batch) => batchOf(everyType, batch)),
          { compression, rowGroupRows: 900 },
        );
        const expected = batches.flat();
        for (const [reader, read] of Object.entries(readers)) {
          expectRows(await read(path), expected, reader);
        }
        const codecs = await query(
          path,
          'select distinct compression as name from parquet_metadata($file)',
        );
        expect(codecs).toEqual(expected.length === 0 ? [] : [{ name: codecNames[compression] }]);
      });
    }
  });
});

/** Like toEqual, but names the first cell that differs instead of printing thousands that do not. */
function expectRows(actual: readonly Row[], expected: readonly Row[], reader: string): void {
  expect(actual.length, `${reader}: rows`).toBe(expected.length);
  for (const [at, row] of expected.entries()) {
    for (const [column, value] of Object.entries(row)) {
      const cell = actual[at]?.[column];
      const same =
        value instanceof Uint8Array && cell instanceof Uint8Array
          ? Buffer.compare(value, cell) === 0
          : Object.is(cell, value);
      if (!same) expect(cell, `${reader}: row ${at}, column ${column}`).toEqual(value);
    }
  }
}

test('native and wasm files have the same columns, types and nullability', async () => {
  const random = randomNumbers(seed);
  const batch = batchOf(
    everyType,
    Array.from({ length: 50 }, () => randomRow(everyType, random, 9)),
  );
  const schemas: Row[][] = [];
  for (const [name, open] of Object.entries(encoders)) {
    const path = join(directory, `schema-${name}.parquet`);
    await encode(open, path, everyType, [batch]);
    schemas.push(
      await query(
        path,
        `select name, type, repetition_type, converted_type, logical_type
         from parquet_schema($file) where num_children is null`,
      ),
    );
  }
  const [first, ...others] = schemas;
  for (const other of others) expect(other).toEqual(first);
});
