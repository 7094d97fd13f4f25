import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BigIntColumn, BinaryColumn, EntryBatch, EntrySchema, PwalkError } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { expect, test } from 'vitest';
import { nativeEncoder } from '../src/native-encoder.js';
import { query } from './support/readers.js';
import { encode, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const schema = new EntrySchema([
  { name: 'n', type: 'uint64', nullable: false, description: '' },
  { name: 'bytes', type: 'binary', nullable: true, description: '' },
]);

function open(tuning: Parameters<typeof nativeEncoder>[0] = {}) {
  const opener = nativeEncoder(tuning);
  if (typeof opener !== 'function') throw opener;
  return opener;
}

/** Rows are `from`, `from + 1`, … */
function batch(
  Memory: typeof ArrayBuffer | typeof SharedArrayBuffer,
  from: number,
  rows: number,
): EntryBatch {
  const values = new BigUint64Array(new Memory(rows * 8));
  const offsets = new Int32Array(new Memory((rows + 1) * 4));
  const bytes = new Uint8Array(new Memory(rows));
  for (let i = 0; i < rows; i++) {
    values[i] = BigInt(from + i);
    offsets[i + 1] = i + 1;
    bytes[i] = (from + i) & 255;
  }
  return EntryBatch.of(
    schema,
    new Map<string, BigIntColumn | BinaryColumn>([
      ['n', new BigIntColumn('uint64', values)],
      ['bytes', new BinaryColumn(offsets, bytes)],
    ]),
  );
}

test.each([
  ['ArrayBuffer', ArrayBuffer],
  ['SharedArrayBuffer', SharedArrayBuffer],
])('memory in an %s is read by the lanes while garbage is collected', async (name, Memory) => {
  const path = join(directory, `${name}.parquet`);
  const sizes = [1, 3, 8, 1000, 16_384, 65_536, 2, 30_000];
  const output = await OutputFile.open(path);
  const encoder = await open()({
    schema,
    output,
    compression: 'zstd',
    level: 1,
    rowGroupRows: 50_000,
    createdBy: 'test',
  });
  let rows = 0;
  for (let round = 0; round < 4; round++) {
    for (const size of sizes) {
      await encoder.write(batch(Memory, rows, size));
      rows += size;
      // Garbage, so that what nobody holds is collected and overwritten.
      for (let i = 0; i < 20; i++) new Uint8Array(100_000).fill(i);
    }
  }
  expect(await encoder.finish(new Map())).toMatchObject({ rows });
  await output.publish();
  const [row] = await query(
    path,
    `select count(distinct n)::int as n, max(n) as max,
            count_if(bytes = from_hex(printf('%02x', (n % 256)::int)))::int as equal
     from read_parquet($file)`,
  );
  expect(row).toEqual({ n: rows, max: BigInt(rows - 1), equal: rows });
});

test('lanes deal with many batches and write whole row groups', async () => {
  const path = join(directory, 'lanes.parquet');
  const batches = Array.from({ length: 100 }, (_, i) => batch(SharedArrayBuffer, i * 1000, 1000));
  await encode(open({ lanes: 4 }), path, schema, batches, { rowGroupRows: 4000 });
  const groups = await query(
    path,
    "select row_group_num_rows as n from parquet_metadata($file) where path_in_schema = 'n'",
  );
  expect(groups.map((group) => Number(group.n)).reduce((sum, n) => sum + n, 0)).toBe(100_000);
  // At the end each lane may have one that is not full.
  expect(groups.filter((group) => Number(group.n) < 4000).length).toBeLessThanOrEqual(4);
});

test('a batch whose offsets lie is refused', async () => {
  const broken = new BinaryColumn(new Int32Array([0, 1000]), new Uint8Array(10));
  const output = await OutputFile.open('/dev/null');
  const encoder = await open()({
    schema,
    output,
    compression: 'none',
    level: 1,
    rowGroupRows: 10,
    createdBy: '',
  });
  const columns = new Map<string, BigIntColumn | BinaryColumn>([
    ['n', new BigIntColumn('uint64', new BigUint64Array(1))],
    ['bytes', broken],
  ]);
  // A lane finds out beside us: the write that gave the batch is told, or the next call.
  const error = await encoder
    .write(EntryBatch.of(schema, columns))
    .then(() => encoder.finish(new Map()))
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PwalkError);
  expect(error).toMatchObject({ code: 'PWALK_SCHEMA_INVALID' });
  await encoder.abort();
  await output.discard();
});

/** Writes without end to a pipe that nobody reads, so that lanes are busy whenever it is stopped. */
const cwd = join(import.meta.dirname, '..');
const endless = `
  import { createRequire } from 'node:module';
  import { closeSync, openSync, constants } from 'node:fs';
  import { execFileSync } from 'node:child_process';
  import { tmpdir } from 'node:os';
  const require = createRequire(${JSON.stringify(join(cwd, 'package.json'))});
  const { Encoder } = require('./build/pwalk_parquet.node');
  const fifo = tmpdir() + '/pwalk-fifo-' + process.pid + '-' + Math.random();
  execFileSync('mkfifo', [fifo]);
  const fd = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  execFileSync('rm', [fifo]);
  const encoder = new Encoder(fd, {
    columns: [{ name: 'n', type: 'uint64', nullable: false, layout: 'delta', words: [] }],
    codec: 'none', level: 1, rowGroupRows: 1000, pageRows: 1000, pageBytes: 1 << 20, rowGroupBytes: 1 << 20, dictionaryEntries: 1, lanes: 2, createdBy: '',
  });
  const write = () => {
    const values = new BigUint64Array(new SharedArrayBuffer(8 * 50000));
    return encoder.write(values.length, [null, values, null], () => {});
  };
`;

test.each([
  ['exits', 'write(); write(); setTimeout(() => process.exit(0), 50);'],
  ['throws', "write(); write(); setTimeout(() => { throw new Error('on purpose'); }, 50);"],
  ['has nothing left to do but an encoder that was dropped', 'closeSync(fd);'],
  [
    'aborts',
    'write(); write().catch(() => {}); setTimeout(() => encoder.abort().then(() => closeSync(fd)), 50);',
  ],
])('a process that %s in the middle of a write ends without a crash', (how, ending) => {
  const began = performance.now();
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', endless + ending],
    { cwd, encoding: 'utf8', timeout: 20_000 },
  );
  expect(signal, stderr).toBeNull();
  expect(status, stderr).toBe(how === 'throws' ? 1 : 0);
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('workers that are terminated in the middle of a write leave the process whole', async () => {
  for (let round = 0; round < 5; round++) {
    const source = `${endless} write(); write(); const { parentPort } = await import('node:worker_threads'); parentPort.postMessage('busy'); setInterval(() => {}, 1000);`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    await new Promise((done, failed) => {
      worker.once('message', done);
      worker.once('error', failed);
    });
    await worker.terminate();
  }
});
