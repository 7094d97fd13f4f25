import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { buildFaults, pwalkWith } from './support/faults.js';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { committedParts } from './support/scans.js';

const here = scratch();
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
/** `now` is the start of the scan, also where it is resumed. */
const filters = ['--where', 'size > 3 && mtime > now - 1d', '--type', 'file', '--fail-on-match'];

beforeAll(buildFaults, 300_000);
beforeEach(() => {
  chmodSync(here.path, 0o777);
  for (let i = 0; i < 300; i++) {
    mkdirSync(here.at(`tree/d${i}/sub`), { recursive: true });
    for (let file = 0; file < 8; file++)
      writeFileSync(here.at(`tree/d${i}/f${file}`), 'x'.repeat(file));
    chmodSync(here.at(`tree/d${i}/sub`), i % 3 === 0 ? 0 : 0o755);
  }
});

function run(...args: string[]) {
  return pwalk(args, { cwd: here.path, ...user });
}

/** Ten years later. */
function resume(output: string) {
  const later = `globalThis.Date = class extends Date {
    constructor(...given) { super(...(given.length > 0 ? given : [performance.timeOrigin + 3e11])); }
  };`;
  const preload = `--import=data:text/javascript,${encodeURIComponent(later)}`;
  const env = { ...process.env, NODE_OPTIONS: preload };
  return pwalk(['resume', output, '--json'], { cwd: here.path, env, ...user });
}

/** A table's rows, in an order that does not depend on when they were found. */
function rowsOf(file: string) {
  const from = file.endsWith('.jsonl') ? `read_json('${here.at(file)}')` : `'${here.at(file)}'`;
  return sql(`select * from ${from} order by path`);
}

it.each([
  ['x.parquet', 'e.csv'],
  ['scan', 'e.parquet'],
  ['scan', 'e.jsonl'],
])('filters and errors are those of a report, across a kill: %s, %s', async (output, errors) => {
  const flags = ['--column', 'site=here', ...filters, '--json'];
  const one = run('report', 'tree', '-o', 'one.parquet', '--errors', `one-${errors}`, ...flags);
  const fault = { call: 'sync', error: 'kill', name: 'frontier.log', first: 3, every: 0 } as const;
  const begin = ['report', 'tree', '-o', output, '--errors', errors, ...flags];
  const killed = pwalkWith(
    fault,
    [...begin, '--checkpoint', '--part-size', '1kB'],
    here.path,
    user,
  );
  expect([killed.status, killed.stderr]).toEqual([137, '']);
  expect(existsSync(here.at(errors))).toBe(false);
  const directory = output === 'scan' ? 'scan' : 'x.parquet.scan';
  expect((await committedParts(here.at(directory))).size).toBeGreaterThan(1);
  const resumed = resume(output);
  expect([resumed.status, resumed.stderr]).toEqual([4, '']);
  // The threads are those that the calls of each run asked for.
  const { outputs, seconds, threads, ...summary } = JSON.parse(resumed.stdout);
  const { outputs: expectedOutputs, seconds: _, threads: __, ...expected } = JSON.parse(one.stdout);
  expect(summary).toMatchObject({ matched: 1200, errors: 100, exitCode: 4 });
  expect({ ...summary, errorExamples: [] }).toEqual({ ...expected, errorExamples: [] });
  expect(outputs.map(({ rows, table }: { rows: number; table?: string }) => [rows, table])).toEqual(
    expectedOutputs.map(({ rows, table }: { rows: number; table?: string }) => [rows, table]),
  );
  expect(await rowsOf(errors)).toEqual(await rowsOf(`one-${errors}`));
  const parts = output === 'scan' ? 'scan/parts/*.parquet' : output;
  const found = await sql(`select path, size from '${here.at(parts)}' order by path`);
  expect(found).toEqual(
    await sql(`select path, size from '${here.at('one.parquet')}' order by path`),
  );
});

it('where nothing comes through, and nothing fails, both files are there all the same', async () => {
  const flags = ['--where', 'size > 1T', '--errors', 'e.csv', '--checkpoint', '--part-size', '1kB'];
  const readable = ['tree/d1', 'tree/d2', 'tree/d4'];
  expect(run('report', ...readable, '-o', 'x.parquet', ...flags).status).toBe(0);
  expect(await sql(`select count(*) as n from '${here.at('x.parquet')}'`)).toEqual([{ n: '0' }]);
  expect(readFileSync(here.at('e.csv'), 'utf8')).toMatch(/^path,path_raw,[a-z,]+\n$/);
});
