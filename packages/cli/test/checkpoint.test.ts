import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, type EntryBatch } from '@pwalk/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { report } from '../src/report.js';
import type { ReportOptions } from '../src/report-options.js';
import { buildFaults, type Fault, pwalkWith } from './support/faults.js';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { committedParts, expectSameRows, growTree, partFiles } from './support/scans.js';

const here = scratch();
const checkpointed = ['--checkpoint', '--part-size', '4kB'];

/** A tree that no test changes, and a report of it. */
const common = mkdtempSync(join(tmpdir(), 'pwalk-common-'));
const tree = join(common, 'tree');
const whole = join(common, 'whole.parquet');

beforeAll(() => {
  buildFaults();
  growTree(tree, 2_400);
  expect(pwalk(['report', tree, '-o', whole, '-q']).status).toBe(0);
}, 300_000);
afterAll(() => rmSync(common, { recursive: true, force: true }));

/** A filter of somebody else's. */
const odd = definePlugin({
  name: 'odd',
  kind: 'filter',
  pwalk: '^0.1.0',
  options: z.strictObject({}),
  create: () => ({ map: (batch: EntryBatch) => batch }),
});

function run(...args: string[]) {
  return pwalk(args, { cwd: here.path });
}

/** Begins a scan that is killed before its n-th commit. */
function begin(root: string, commits: number, ...flags: string[]) {
  const args = ['report', root, '-o', 'scan', ...checkpointed, ...flags];
  const fault: Fault = {
    ...{ call: 'sync', error: 'kill' },
    ...{ name: 'frontier.log', first: commits, every: 0 },
  };
  const { status, stderr } = pwalkWith(fault, args, here.path);
  expect([status, stderr]).toEqual([137, '']);
}

describe('a checkpointed scan', () => {
  it('is a directory of parts and a manifest, and has the rows and the summary of a report', async () => {
    const flags = ['--json', '--column', 'site=here'];
    const one = run('report', tree, '-o', 'whole.parquet', ...flags);
    const scan = run('report', tree, '-o', 'scan/', ...flags, ...checkpointed);
    expect(scan).toMatchObject({ status: 0, stderr: '' });
    const { outputs, seconds, threads, ...summary } = JSON.parse(scan.stdout);
    const {
      outputs: _outputs,
      seconds: _seconds,
      threads: _threads,
      ...expected
    } = JSON.parse(one.stdout);
    expect(summary).toEqual(expected);
    await expectSameRows(here.at('scan'), here.at('whole.parquet'));
    const manifest = JSON.parse(readFileSync(here.at('scan/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ version: 1, complete: true, rows: expected.entries });
    expect(manifest.parts.length).toBeGreaterThan(3);
    expect(manifest.parts.map(({ path }: { path: string }) => path)).toEqual(
      partFiles(here.at('scan')).map((name) => `parts/${name}`),
    );
    expect(outputs).toEqual([
      { path: 'scan/', format: 'parquet', rows: manifest.rows, bytes: manifest.bytes },
    ]);
    // A part is not taken for a whole scan, and all say that they are of one.
    const facts = await sql(
      `select distinct decode(key) as key, decode(value) as value from parquet_kv_metadata('${here.at('scan')}/parts/*.parquet') where decode(key) in ('pwalk.complete', 'pwalk.scan_id')`,
    );
    expect(facts.map(({ value }) => value).sort()).toEqual([manifest.scan.id, 'false'].sort());
    const again = run('resume', 'scan');
    expect(again.status).toBe(0);
    expect(again.stdout).toContain('The scan was whole already: nothing was left to do.');
  });

  it('leaves itself out', async () => {
    growTree(here.at('tree'), 100);
    const scanned = run('report', 'tree', '-o', 'tree/scan', '--json', '--checkpoint');
    expect([scanned.status, JSON.parse(scanned.stdout).excluded]).toEqual([0, 1]);
    const own = `select count(*) as n from '${here.at('tree/scan')}/parts/*.parquet' where path like 'tree/scan%'`;
    expect(await sql(own)).toEqual([{ n: '0' }]);
  });

  it('has its parts cut by time too, whatever clocks are set to meanwhile', () => {
    const jumping = `let reads = 0;
      const jumped = () => performance.timeOrigin + (++reads % 2 ? -3e11 : 3e11);
      globalThis.Date = class extends Date {
        constructor(...given) { super(...(given.length > 0 ? given : [jumped()])); }
        static now() { return jumped(); }
      };`;
    const preload = `--import=data:text/javascript,${encodeURIComponent(jumping)}`;
    const scan = (root: string, output: string, interval: string) => {
      const flags = ['--json', '--checkpoint', '--time-limit', '1h'];
      const { status, stdout } = pwalk(
        ['report', root, '-o', output, ...flags, '--checkpoint-interval', interval],
        { cwd: here.path, env: { ...process.env, NODE_OPTIONS: preload } },
      );
      expect(status).toBe(0);
      expect(JSON.parse(stdout).seconds).toBeLessThan(60);
      expect(JSON.parse(stdout).seconds).toBeGreaterThan(0);
      const { scan } = JSON.parse(readFileSync(here.at(output, 'manifest.json'), 'utf8'));
      expect(Math.abs(Date.parse(scan.startedAt) - Date.now())).toBeGreaterThan(2e11);
      return partFiles(here.at(output)).length;
    };
    expect(scan('/usr', 'often', '10ms')).toBeGreaterThan(1);
    expect(scan(tree, 'seldom', '1h')).toBe(1);
  });

  it('is resumed from anywhere, by its own copies of the patterns it began with', async () => {
    growTree(here.at('tree'), 2_400);
    writeFileSync(here.at('patterns'), 'f7\n');
    const flags = ['--exclude', 'f3', '--exclude-from', 'patterns', '--max-depth', '9'];
    const one = run('report', 'tree', '-o', 'whole.parquet', '--json', ...flags);
    begin('tree', 3, ...flags);
    writeFileSync(here.at('patterns'), '*\n');
    const { status, stdout, stderr } = pwalk(['resume', here.at('scan'), '--json'], { cwd: '/' });
    expect([status, stderr]).toEqual([0, '']);
    const { entries, excluded } = JSON.parse(one.stdout);
    expect(JSON.parse(stdout)).toMatchObject({ entries, excluded });
    await expectSameRows(here.at('scan'), here.at('whole.parquet'));
  });

  it('is not begun where something is, and leaves nothing when it cannot begin', () => {
    growTree(here.at('tree'), 100);
    mkdirSync(here.at('full'));
    writeFileSync(here.at('full/mine'), '');
    expect(run('report', 'tree', '-o', 'full', '--checkpoint')).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('it is there and not empty'),
    });
    expect(readdirSync(here.at('full'))).toEqual(['mine']);
    const missing = run('report', 'nowhere', '-o', 'scan', '--checkpoint');
    expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining('Cannot walk') });
    expect(existsSync(here.at('scan'))).toBe(false);
    expect(run('resume', 'full')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('There is no scan in "full"; begin one with'),
    });
    expect(run('report', 'tree', '-o', 'scan', '--checkpoint').status).toBe(0);
    expect(run('report', 'tree', '-o', 'scan', '--checkpoint')).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('holds a scan already; go on with it by "pwalk resume scan"'),
    });
  });

  it.each<[string, Omit<ReportOptions, 'output'>, string]>([
    ['scan.csv', {}, 'its parts are Parquet, and not csv'],
    ['scan.old', { format: 'parquet' }, 'one file, as -o scan.parquet, or a directory'],
    ['-', {}, 'its output is one file'],
    ['scan', { format: 'csv' }, 'its parts are Parquet'],
    ['scan', { partitionBy: ['owner'] }, 'not partitioned'],
    ['scan', { filters: [odd({})] }, 'The filter "odd" cannot be kept'],
    ['scan', { followSymlinks: true }, 'symbolic links'],
  ])('to %s does not go with %j', async (output, options, why) => {
    const refused = report('/usr/share/doc', { output, checkpoint: {}, ...options });
    await expect(refused).rejects.toMatchObject({
      code: 'PWALK_OPTIONS_INVALID',
      message: expect.stringContaining(why),
    });
  });

  it.each([
    [['--checkpoint-interval', 'soon'], '--checkpoint-interval soon is no time'],
    [['--time-limit', '0s'], '--time-limit 0s is no time'],
    [['--part-size', '5 things'], '"5 things" is not a size'],
    [['-o', 'other'], 'has one output'],
  ])('does not go with %s', (flags, why) => {
    const { status, stderr } = run('report', '/usr', '-o', 'scan', '--checkpoint', ...flags);
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('is asked for by --checkpoint', () => {
    expect(run('report', '/usr/share/doc', '--part-size', '1MB')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('give --checkpoint with it'),
    });
  });
});

describe('a scan whose disk fails', () => {
  it.each([
    ['write', 'ENOSPC', '.000002.parquet.pwalk-*'],
    ['sync', 'EIO', '.000002.parquet.pwalk-*'],
    ['rename', 'EDQUOT', '.000003.parquet.pwalk-*'],
    ['write', 'ENOSPC', 'frontier.log'],
    ['sync', 'EIO', 'frontier.log'],
    ['write', 'ENOSPC', '.manifest.json.pwalk-*'],
    ['rename', 'EIO', '.manifest.json.pwalk-*'],
  ] as const)('in %s, with %s, of %s keeps what is committed', async (call, error, name) => {
    const isLog = name === 'frontier.log';
    // Each commit writes its record in four pieces: the second commit is torn, or not synced.
    const first = !isLog ? 1 : call === 'write' ? 6 : 2;
    const fault: Fault = { call, error, name, first, every: 1 };
    const args = ['report', tree, '-o', 'scan', ...checkpointed];
    const { status, stderr } = pwalkWith(fault, args, here.path);
    expect(status).toBe(5);
    expect(stderr).toContain('What was committed is kept: go on with "pwalk resume ');
    expect(stderr.trimEnd()).not.toContain('\n');
    const parts = await committedParts(here.at('scan'));
    expect(parts.size).toBeGreaterThan(0);
    expect(existsSync(here.at('scan/manifest.json'))).toBe(false);
    expect(run('resume', 'scan').status).toBe(0);
    await expectSameRows(here.at('scan'), whole);
    for (const [part, identity] of parts) {
      expect((await committedParts(here.at('scan'))).get(part)).toBe(identity);
    }
  });

  it('before anything is committed leaves nothing', () => {
    const fault: Fault = { call: 'write', error: 'ENOSPC', name: '.000001.parquet.pwalk-*' };
    const args = ['report', tree, '-o', 'scan', ...checkpointed];
    expect(pwalkWith(fault, args, here.path).status).toBe(5);
    expect(existsSync(here.at('scan'))).toBe(false);
  });
});

describe('a scan that cannot be resumed says why, and stays as it is', () => {
  it('damaged in the middle of its log', async () => {
    begin(tree, 3);
    const log = readFileSync(here.at('scan/frontier.log'));
    const damaged = Buffer.from(log);
    damaged[100] ^= 1;
    writeFileSync(here.at('scan/frontier.log'), damaged);
    const files = partFiles(here.at('scan'));
    const { status, stderr } = run('resume', 'scan');
    expect(status).toBe(4);
    expect(stderr).toMatch(/damaged at byte 0, in front of whole records\. Restore it from a copy/);
    expect(partFiles(here.at('scan'))).toEqual(files);
    expect(readFileSync(here.at('scan/frontier.log'))).toEqual(damaged);
    const rows = await sql(`select count(*) > 0 as some from '${here.at('scan')}/parts/*.parquet'`);
    expect(rows).toEqual([{ some: true }]);
    // A torn end is no damage: the commit before it holds.
    writeFileSync(here.at('scan/frontier.log'), log);
    truncateSync(here.at('scan/frontier.log'), log.length - 1);
    appendFileSync(here.at('scan/frontier.log'), Buffer.alloc(5));
    expect(run('resume', 'scan').status).toBe(0);
    await expectSameRows(here.at('scan'), whole);
  });

  it('whose root is another, or not there; whose part is gone', async () => {
    growTree(here.at('tree'), 2_400);
    begin('tree', 3);
    const log = readFileSync(here.at('scan/frontier.log'));
    renameSync(here.at('tree'), here.at('away'));
    expect(run('resume', 'scan')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Cannot walk "tree"'),
    });
    mkdirSync(here.at('tree'));
    expect(run('resume', 'scan')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('"tree" is another directory than the scan began with'),
    });
    expect(readFileSync(here.at('scan/frontier.log'))).toEqual(log);
    rmSync(here.at('tree'), { recursive: true });
    renameSync(here.at('away'), here.at('tree'));
    renameSync(here.at('scan/parts/000001.parquet'), here.at('part'));
    expect(run('resume', 'scan')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('The part "000001.parquet" of the scan is not there'),
    });
    renameSync(here.at('part'), here.at('scan/parts/000001.parquet'));
    expect(run('resume', 'scan').status).toBe(0);
  });
});
