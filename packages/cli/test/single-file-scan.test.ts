import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMetadata } from '@pwalk/sink-parquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report } from '../src/report.js';
import { resume } from '../src/scan-directory/scan.js';
import { buildFaults, type Fault, pwalkWith } from './support/faults.js';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { committedParts, growTree } from './support/scans.js';

const here = scratch();
const common = mkdtempSync(join(tmpdir(), 'pwalk-common-'));
const tree = join(common, 'tree');
const begin = ['report', tree, '-o', 'x.parquet', '--checkpoint', '--part-size', '4kB', '-q'];

beforeAll(() => {
  buildFaults();
  growTree(tree, 3_000);
}, 300_000);
afterAll(() => rmSync(common, { recursive: true, force: true }));

function run(...args: string[]) {
  return pwalk(args, { cwd: here.path });
}

function killedAt(fault: Omit<Fault, 'error'>, args: string[] = ['resume', 'x.parquet', '-q']) {
  const { status, stderr } = pwalkWith({ ...fault, error: 'kill', every: 0 }, args, here.path);
  expect([status, stderr]).toEqual([137, '']);
}

/** `x.parquet` has the rows of an ordinary report, each once. */
async function expectSame(flags: readonly string[] = []): Promise<void> {
  expect(run('report', tree, '-o', 'y.parquet', '-q', ...flags).status).toBe(0);
  const [x, y] = ['x', 'y'].map(
    (name) => `select * exclude (atime) from '${here.at(name)}.parquet'`,
  );
  const difference = `select (select count(*) from (${x} except all ${y})) as more, (select count(*) from (${y} except all ${x})) as less`;
  expect(await sql(difference)).toEqual([{ more: '0', less: '0' }]);
}

describe('a checkpointed scan to a single file', () => {
  it('is a file as a report makes it, and nothing else is left', async () => {
    const flags = ['--json', '--column', 'site=here'];
    const scan = run(...begin.slice(0, -1), ...flags);
    expect(scan).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(here.path).sort()).toEqual(['x.parquet']);
    const one = run('report', tree, '-o', 'y.parquet', ...flags);
    const { seconds, outputs, threads, ...summary } = JSON.parse(scan.stdout);
    const { seconds: _, outputs: plain, threads: __, ...expected } = JSON.parse(one.stdout);
    expect(summary).toEqual(expected);
    expect(outputs).toEqual([
      { ...plain[0], path: 'x.parquet', bytes: readFileSync(here.at('x.parquet')).length },
    ]);
    await expectSame(flags.slice(1));
    const [x, y] = await Promise.all(
      ['x', 'y'].map(async (name) => {
        const facts = new Map((await readMetadata(here.at(`${name}.parquet`))) ?? []);
        for (const key of ['id', 'started_at', 'finished_at']) facts.delete(`pwalk.${key}`);
        facts.delete('pwalk.scan_id');
        return facts;
      }),
    );
    const joined = JSON.parse(x?.get('pwalk.joined') ?? '');
    expect(joined).toMatchObject({ rows: summary.entries });
    expect(joined.parts).toBeGreaterThan(2);
    x?.delete('pwalk.joined');
    expect(x).toEqual(y);
  });

  it('killed while it is walked, put together, named and cleared away, is gone on with', async () => {
    writeFileSync(here.at('x.parquet'), 'an older file');
    killedAt({ call: 'sync', name: 'frontier.log', first: 3 }, begin);
    const parts = await committedParts(here.at('x.parquet.scan'));
    expect(parts.size).toBeGreaterThan(1);
    killedAt({ call: 'write', name: '.joined.parquet.pwalk-*', first: 3 });
    const after = await committedParts(here.at('x.parquet.scan'));
    for (const [name, identity] of parts) expect(after.get(name)).toBe(identity);
    killedAt({ call: 'rename', name: '.joined.parquet.pwalk-*' });
    killedAt({ call: 'rename', name: 'joined.parquet' });
    expect(readFileSync(here.at('x.parquet'), 'utf8')).toBe('an older file');
    // It has its name, and the log does not say so yet: the first sync is of the log as it is opened.
    killedAt({ call: 'sync', name: 'frontier.log', first: 2 });
    await expectSame();
    killedAt({ call: 'remove', name: '00000*.parquet', first: 2 });
    killedAt({ call: 'remove', name: 'frontier.log' });
    const again = run('report', tree, '-o', 'x.parquet', '--checkpoint');
    expect(again).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('holds a scan already'),
    });
    const whole = run('resume', 'x.parquet', '--json');
    expect(whole.status).toBe(0);
    expect(existsSync(here.at('x.parquet.scan'))).toBe(false);
    // The directory is gone: by either name the file tells the same.
    for (const name of ['x.parquet', 'x.parquet.scan/']) {
      const last = run('resume', name, '--json');
      expect(last.status).toBe(0);
      const { seconds: _, threads: _none, ...told } = JSON.parse(last.stdout);
      const { seconds: __, threads: _some, ...expected } = JSON.parse(whole.stdout);
      expect(told).toEqual(expected);
    }
    await expectSame();
  });

  it('is put together by a later run when it is to stop before', async () => {
    const directories = here.at('directories.csv');
    const all = { output: here.at('x.parquet'), directories, checkpoint: {} };
    const stopped = await report(tree, { ...all, stop: AbortSignal.abort() });
    expect([stopped.exitCode, existsSync(here.at('x.parquet'))]).toEqual([75, false]);
    killedAt({ call: 'rename', name: 'joined.parquet' });
    const waiting = await resume(here.at('x.parquet'), { stop: AbortSignal.abort() });
    expect(waiting).toMatchObject({ exitCode: 75, stopped: { directoriesLeft: 0 } });
    const done = await resume(here.at('x.parquet.scan'));
    const outputs = [{ path: here.at('x.parquet') }, { path: directories, table: 'directories' }];
    expect(done).toMatchObject({ exitCode: 0, outputs });
    expect(readFileSync(directories, 'utf8').split('\n').length).toBeGreaterThan(100);
    expect(existsSync(here.at('x.parquet.scan'))).toBe(false);
  });

  it('keeps what it has when its disk is full in the end', async () => {
    const fault: Fault = { call: 'write', error: 'ENOSPC', name: '.joined.parquet.pwalk-*' };
    const { status, stderr } = pwalkWith(fault, begin, here.path);
    expect([status, stderr]).toEqual([5, expect.stringContaining('What was committed is kept')]);
    expect(readdirSync(here.at('x.parquet.scan')).join()).not.toContain('joined');
    expect(run('resume', 'x.parquet', '-q').status).toBe(0);
    await expectSame();
  });

  it('is refused where no file can be, before it begins; so is a directory by another name', async () => {
    mkdirSync(here.at('d.parquet'));
    execFileSync('mkfifo', [here.at('f.parquet')]);
    for (const [output, why] of [
      ['d.parquet', 'it is a directory'],
      ['no/x.parquet', 'no such file or directory'],
      ['f.parquet', 'is no file, and a checkpointed scan ends in one'],
    ] as const) {
      const refused = report(tree, { output: here.at(output), checkpoint: {} });
      await expect(refused).rejects.toThrow(why);
    }
    expect(readdirSync(here.path).sort()).toEqual(['d.parquet', 'f.parquet']);
    killedAt({ call: 'sync', name: 'frontier.log', first: 2 }, begin);
    renameSync(here.at('x.parquet.scan'), here.at('other'));
    expect(run('resume', 'other')).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('rename it to what it was, as scan.parquet.scan'),
    });
  });
});
