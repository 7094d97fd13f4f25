import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, defaultEntrySchema, type EntryBatch, isoTime } from '@pwalk/core';
import { expect, test } from 'vitest';
import { batchOf, fileRow, randomNumbers, randomRow } from './support/data.js';
import { query } from './support/duckdb.js';
import { contextFor, makeSink, rejection, run, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const random = randomNumbers(3);
const batches = Array.from({ length: 3 }, () =>
  batchOf(Array.from({ length: 1500 }, () => randomRow(random))),
);

/** The value a reader of text should see; null for an empty field. */
function expectedText(column: Column, row: number): string | null {
  if (column.isNull(row)) return null;
  switch (column.type) {
    case 'binary':
      return Buffer.from(column.bytesAt(row)).toString('hex');
    case 'timestamp':
      return isoTime(column.values[row]);
    default:
      return String(column.get(row));
  }
}

function expectedRows(names: readonly string[], emptyIsNull: boolean): (string | null)[][] {
  return batches.flatMap((batch: EntryBatch) => {
    const columns = names.map((name) => batch.column(name));
    return Array.from({ length: batch.length }, (_, row) =>
      columns
        .map((column) => expectedText(column, row))
        .map((text) => (emptyIsNull && text === '' ? null : text)),
    );
  });
}

const allColumns = defaultEntrySchema.fields.map((field) => field.name);

test.each([
  ['minimal', ',', undefined, 'csv'],
  ['all', ';', undefined, 'csv'],
  ['strings', '\t', undefined, 'csv'],
  ['minimal', ',', ['size', 'path', 'mtime', 'path_raw'], 'csv'],
  ['strings', ',', undefined, 'csv.gz'],
  ['strings', ',', undefined, 'csv.zst'],
] as const)(
  'quoting %s, delimiter %j, columns %j as %s: DuckDB reads every value',
  async (quoting, delimiter, columns, ending) => {
    const path = join(directory, `read.${ending}`);
    const chosen = columns === undefined ? {} : { columns: [...columns] };
    const [output] = await run(
      { path, quoting, delimiter, ...chosen },
      defaultEntrySchema,
      batches,
    );
    const names = columns ?? allColumns;
    const rows = await query(
      path,
      `select * from read_csv($file, all_varchar=true, header=true, delim='${delimiter}', quote='"', escape='"', auto_detect=false, allow_quoted_nulls=false, columns={${names.map((name) => `'${name}': 'varchar'`).join(', ')}})`,
    );
    expect(Object.keys(rows[0] ?? {})).toEqual([...names]);
    expect(rows.map((row) => Object.values(row))).toEqual(
      expectedRows(names, quoting === 'minimal'),
    );
    expect(output).toEqual({ path, format: 'csv', rows: 4500, bytes: readFileSync(path).length });
  },
);

test('the file looks as documented', async () => {
  const rows = [
    fileRow({ path: '/data/a, "b"', mtime: 1_795_437_296_123_456n, is_hardlink: true }),
    fileRow({
      path: '/data/\\xe9',
      path_raw: Buffer.from('/data/\xe9', 'latin1'),
      mtime: null,
      ext: '',
    }),
  ];
  const columns = ['path', 'path_raw', 'ext', 'mtime', 'is_hardlink', 'size', 'state'];
  const lines = async (options: Partial<Parameters<typeof makeSink>[0]>) => {
    const path = join(directory, 'look.csv');
    await run({ path, columns, ...options }, defaultEntrySchema, [batchOf(rows)]);
    return readFileSync(path, 'utf8').split('\n');
  };
  const raw = '2f646174612fe9';
  expect(await lines({})).toEqual([
    'path,path_raw,ext,mtime,is_hardlink,size,state',
    '"/data/a, ""b""",,txt,2026-11-23T12:34:56.123456Z,true,5,ok',
    `/data/\\xe9,${raw},,,false,5,ok`,
    '',
  ]);
  expect(await lines({ quoting: 'strings', header: false, delimiter: ';' })).toEqual([
    '"/data/a, ""b""";;"txt";"2026-11-23T12:34:56.123456Z";true;5;"ok"',
    `"/data/\\xe9";"${raw}";"";;false;5;"ok"`,
    '',
  ]);
  expect((await lines({ quoting: 'all' })).slice(0, 2)).toEqual([
    '"path","path_raw","ext","mtime","is_hardlink","size","state"',
    '"/data/a, ""b""",,"txt","2026-11-23T12:34:56.123456Z","true","5","ok"',
  ]);
});

test.each(['minimal', 'strings', 'all'] as const)(
  'a null in the only column, quoting %s, is a row',
  async (quoting) => {
    const path = join(directory, 'only.csv');
    const rows = [fileRow({ mtime: null }), fileRow({ mtime: 0n }), fileRow({ mtime: null })];
    await run({ path, columns: ['mtime'], quoting }, defaultEntrySchema, [batchOf(rows)]);
    expect(readFileSync(path, 'utf8')).toMatch(/^"?mtime"?\n""\n"?1970\S+\n""\n$/);
  },
);

test.each([
  [0n, '1970-01-01T00:00:00.000000Z'],
  [1_795_437_296_123_456n, '2026-11-23T12:34:56.123456Z'],
  [-1n, '1969-12-31T23:59:59.999999Z'],
  [951_782_400_000_000n, '2000-02-29T00:00:00.000000Z'],
  [253_402_300_799_999_999n, '9999-12-31T23:59:59.999999Z'],
  [253_402_300_800_000_000n, '+010000-01-01T00:00:00.000000Z'],
  [-62_167_219_200_000_000n, '0000-01-01T00:00:00.000000Z'],
  [-62_167_219_200_000_001n, '-000001-12-31T23:59:59.999999Z'],
  [2n ** 63n - 1n, '+294247-01-10T04:00:54.775807Z'],
  [-(2n ** 63n), '-290308-12-21T19:59:05.224192Z'],
])('%i microseconds are %s', (microseconds, text) => {
  expect(isoTime(microseconds)).toBe(text);
});

test('times a Date can hold are what a Date prints', () => {
  for (let i = 0; i < 1000; i++) {
    const milliseconds = (random(2 ** 31) - 2 ** 30) * 4_000 + random(1000);
    expect(isoTime(BigInt(milliseconds) * 1000n)).toBe(
      new Date(milliseconds).toISOString().replace('Z', '000Z'),
    );
  }
});

test('a column the schema does not have is named', async () => {
  const sink = await makeSink({ path: join(directory, 'never.csv'), columns: ['path', 'colour'] });
  const error = await rejection(sink.open?.(defaultEntrySchema, contextFor()));
  expect(error.code).toBe('PWALK_COLUMN_MISSING');
  expect(error.message).toContain('"colour"');
});
