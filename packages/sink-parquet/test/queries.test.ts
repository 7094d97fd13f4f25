import { join } from 'node:path';
import { BatchBuilder, defaultEntrySchema, type EntryBatch } from '@pwalk/core';
import { beforeAll, expect, test } from 'vitest';
import { query } from './support/readers.js';
import { run, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const path = join(directory, 'scan.parquet');
const ROWS = 60_000;
const second = 1_000_000n;

function* batches(): Generator<EntryBatch> {
  const builder = new BatchBuilder(defaultEntrySchema);
  for (let i = 0; i < ROWS; i++) {
    const name = `f${String(i).padStart(6, '0')}.txt`;
    builder.append({
      path: `/data/projects/with/a/path/longer/than/the/bounds/that/are/kept/in/the/footer/${name}`,
      path_raw: i % 10_000 === 0 ? Buffer.from([0xff, i >> 8]) : null,
      name,
      ext: 'txt',
      type: 'file',
      inode: BigInt(i) + 2n ** 63n,
      parent_inode: BigInt(i >> 8),
      dev: 1n,
      depth: 3,
      mode: 0o100644,
      uid: i % 5 === 0 ? 2 ** 32 - 1 : 1000,
      gid: 100,
      size: BigInt(i) * 1000n,
      blocks: 8n,
      nlink: 1,
      is_hardlink: false,
      atime: null,
      mtime: BigInt(i - 30_000) * second,
      ctime: BigInt(i) * second,
      btime: null,
      file_count: null,
      dir_sum: null,
      state: i === 77 ? 'denied' : 'ok',
      errno: i === 77 ? 13 : null,
    });
    if (builder.length === 7000) yield builder.finish();
  }
  yield builder.finish();
}

beforeAll(async () => {
  await run({ path, rowGroupRows: 10_000, metadata: { project: 'demo' } }, defaultEntrySchema, [
    ...batches(),
  ]);
});

async function count(where: string): Promise<unknown> {
  const [row] = await query(
    path,
    `select count(*)::int as n from read_parquet($file) where ${where}`,
  );
  return row?.n;
}

test('columns have the types people query by', async () => {
  const columns = await query(path, 'describe select * from read_parquet($file)');
  expect(Object.fromEntries(columns.map((row) => [row.column_name, row.column_type]))).toEqual({
    path: 'VARCHAR',
    path_raw: 'BLOB',
    name: 'VARCHAR',
    ext: 'VARCHAR',
    type: 'VARCHAR',
    inode: 'UBIGINT',
    parent_inode: 'UBIGINT',
    dev: 'UBIGINT',
    depth: 'INTEGER',
    mode: 'UINTEGER',
    uid: 'UINTEGER',
    gid: 'UINTEGER',
    size: 'UBIGINT',
    blocks: 'UBIGINT',
    nlink: 'UINTEGER',
    is_hardlink: 'BOOLEAN',
    atime: 'TIMESTAMP WITH TIME ZONE',
    mtime: 'TIMESTAMP WITH TIME ZONE',
    ctime: 'TIMESTAMP WITH TIME ZONE',
    btime: 'TIMESTAMP WITH TIME ZONE',
    file_count: 'UBIGINT',
    dir_sum: 'UBIGINT',
    state: 'VARCHAR',
    errno: 'INTEGER',
  });
});

const prefix = '/data/projects/with/a/path/longer/than/the/bounds/that/are/kept/in/the/footer/';
test.each([
  ['inode = 9223372036854775808 + 12345', 1],
  ['inode > 18446744073709551000', 0],
  [`path between '${prefix}f010000' and '${prefix}f010999.txt'`, 1000],
  [`path >= '${prefix}f059999.txt'`, 1],
  [`path < '/data'`, 0],
  [`path like '${prefix}f00001%'`, 10],
  [`name = 'f031415.txt'`, 1],
  ['mtime > to_timestamp(29000)', 999],
  ['mtime < to_timestamp(0)', 30_000],
  ['uid = 4294967295', 12_000],
  ['size between 1000 and 5000', 5],
  ["state = 'denied'", 1],
  ["state > 'ok'", 0],
  ['errno = 13', 1],
  ['errno is null', ROWS - 1],
  ['atime is null', ROWS],
  ['btime is not null', 0],
  ['is_hardlink', 0],
  ['path_raw is not null', 6],
  ["path_raw >= '\\xFF'::blob", 6],
])('min and max prune row groups without losing a row: %s', async (where, expected) => {
  expect(await count(where)).toBe(expected);
});

test('row groups are as large as asked for, and every column chunk has its bounds', async () => {
  const chunks = await query(
    path,
    `select row_group_num_rows as rows, path_in_schema as name, stats_min_value as min,
            stats_max_value as max, stats_null_count as nulls, num_values as n
     from parquet_metadata($file)`,
  );
  const groups = chunks.filter((chunk) => chunk.name === 'inode');
  expect(groups.reduce((sum, group) => sum + Number(group.rows), 0)).toBe(ROWS);
  for (const chunk of chunks) {
    expect(Number(chunk.rows)).toBeLessThanOrEqual(10_000);
    if (chunk.nulls === chunk.n) expect(chunk.min).toBeNull();
    else expect(chunk.min, String(chunk.name)).not.toBeNull();
  }
});

test('the footer has the facts of the scan', async () => {
  const pairs = await query(
    path,
    'select decode(key) as key, decode(value) as value from parquet_kv_metadata($file)',
  );
  expect(Object.fromEntries(pairs.map((pair) => [pair.key, pair.value]))).toEqual({
    'pwalk.schema_version': '1',
    'pwalk.scan_id': 'scan-1',
    'pwalk.roots': '["/data","/home"]',
    'pwalk.host': 'node7',
    'pwalk.version': '0.1.0',
    'pwalk.options': '{"threads":2}',
    'pwalk.started_at': '2023-11-14T22:13:20.000Z',
    'pwalk.finished_at': '2023-11-14T22:14:20.000Z',
    'pwalk.counts':
      '{"read":3,"rows":2,"vanished":1,"excluded":0,"files":2,"directories":0,"symlinks":0,"other":0,"bytes":"1152921504606846976","states":{"ok":2},"clampedTimes":0}',
    'pwalk.complete': 'true',
    project: 'demo',
  });
  const [file] = await query(path, 'select created_by from parquet_file_metadata($file)');
  expect(file?.created_by).toBe('pwalk version 0.1.0');
});
