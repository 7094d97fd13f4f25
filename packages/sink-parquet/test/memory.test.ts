import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Writes fresh batches of 16,384 rows and prints the process's largest resident size in MiB. */
const program = (rows: number) => `
  import { BatchBuilder, BigIntColumn, defaultEntrySchema, EntryBatch, Utf8Column } from '@pwalk/core';
  import { parquet } from '@pwalk/sink-parquet';
  const { plugin } = parquet({ path: '/dev/null' });
  const options = { path: '/dev/null', compression: 'zstd', level: 1, rowGroupRows: 131072, encoder: 'native', metadata: {} };
  const sink = await plugin.create(options);
  const scan = { id: '', roots: [], host: '', version: '0', startedAt: new Date(), options: {} };
  const ctx = { scan, memory: 2 ** 28, signal: new AbortController().signal, warn: console.error, registerOwnFile() {} };
  await sink.open(defaultEntrySchema, ctx);
  const builder = new BatchBuilder(defaultEntrySchema);
  for (let i = 0; i < 16384; i++) {
    builder.append({
      path: '/home/user' + (i % 100) + '/project/directory ' + (i >> 6) + '/file number ' + i, name: 'file number ' + i,
      ext: 'ext' + (i % 50), type: 'file', inode: BigInt(i), parent_inode: BigInt(i >> 6), depth: i % 9, mode: 33188,
      uid: i % 100, gid: 1, size: BigInt(i * 77), blocks: BigInt(i % 1000), nlink: 1, mtime: BigInt(i) * 1000003n, state: 'ok',
    });
  }
  const first = builder.finish();
  const copy = (array) => {
    const to = new array.constructor(new SharedArrayBuffer(array.byteLength));
    to.set(array);
    return to;
  };
  let state = 1n;
  for (let rows = 0; rows < ${rows}; rows += first.length) {
    const columns = new Map(defaultEntrySchema.fields.map(({ name }) => [name, first.column(name)]));
    const inodes = copy(first.column('inode').values);
    for (let i = 0; i < inodes.length; i++) inodes[i] = state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffn;
    const path = first.column('path');
    columns.set('inode', new BigIntColumn('uint64', inodes));
    columns.set('path', new Utf8Column(copy(path.offsets), copy(path.bytes)));
    await sink.write(EntryBatch.of(defaultEntrySchema, columns), ctx);
  }
  await sink.close({ ok: true, accounting: null, complete: true, finishedAt: new Date() });
  if (sink.outputs()[0].rows < ${rows}) throw new Error('rows are missing');
  console.log(process.resourceUsage().maxRSS / 1024);
`;

function largestResidentSize(rows: number): number {
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program(rows)], {
    cwd: join(import.meta.dirname, '..'),
    encoding: 'utf8',
  });
  return Number(printed);
}

test('memory does not grow with the number of rows: 4 million take little more than half a million', () => {
  const few = largestResidentSize(500_000);
  const many = largestResidentSize(4_000_000);
  expect(many).toBeLessThan(few + 40);
  expect(many).toBeLessThan(300);
});
