import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Writes batches of 16,384 rows and prints the process's largest resident size in MiB. */
const program = (compression: string, rows: number) => `
  import { BatchBuilder, defaultEntrySchema } from '@pwalk/core';
  import { csv } from '@pwalk/sink-csv';
  const options = { path: '/dev/null', dialect: 'dey', compression: '${compression}' };
  const { plugin } = csv(options);
  const sink = await plugin.create((await plugin.options['~standard'].validate(options)).value);
  const ctx = { scan: { rootBytes: [] }, memory: 2 ** 28, signal: new AbortController().signal, warn: console.error, registerOwnFile() {} };
  await sink.open(defaultEntrySchema, ctx);
  const builder = new BatchBuilder(defaultEntrySchema);
  for (let i = 0; i < 16384; i++) {
    const time = BigInt(i) * 1000003n;
    builder.append({
      path: '/home/user' + (i % 100) + '/project/directory ' + (i >> 6) + '/file number ' + i, name: 'file number ' + i,
      ext: '', type: 'file', inode: BigInt(i), parent_inode: BigInt(i >> 6), dev: 1n, depth: i % 9, mode: 33188, uid: i % 100,
      gid: 1, size: BigInt(i * 77), blocks: BigInt(i % 1000), nlink: 1, atime: time, mtime: time, ctime: time, state: 'ok',
    });
  }
  const batch = builder.finish();
  for (let rows = 0; rows < ${rows}; rows += batch.length) await sink.write(batch, ctx);
  await sink.close({ ok: true, accounting: null, complete: true, finishedAt: new Date() });
  if (sink.outputs()[0].rows < ${rows}) throw new Error('rows are missing');
  console.log(process.resourceUsage().maxRSS / 1024);
`;

function largestResidentSize(compression: string, rows: number): number {
  const printed = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', program(compression, rows)],
    { cwd: join(import.meta.dirname, '..'), encoding: 'utf8' },
  );
  return Number(printed);
}

test.each(['none', 'zstd', 'gzip'])(
  'memory does not grow with the number of rows (%s)',
  (compression) => {
    const few = largestResidentSize(compression, 300_000);
    const many = largestResidentSize(compression, 3_000_000);
    expect(many).toBeLessThan(few + 40);
    expect(many).toBeLessThan(200);
  },
);
