import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type HangingMount, hangingMountNeeds, mountHanging } from '@pwalk/testkit/hanging';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command, scratch, sql, startPwalk } from './support/pwalk.js';

const here = scratch();
let hung: HangingMount | undefined;

// A real mount whose server takes requests and does not answer: its callers cannot be killed.
describe.skipIf(hangingMountNeeds() !== null)('storage that hangs', () => {
  beforeEach(async () => {
    mkdirSync(here.at('tree/healthy'), { recursive: true });
    for (let i = 0; i < 300; i++) writeFileSync(here.at('tree/healthy', `file-${i}`), 'x');
    hung = await mountHanging(here.at('tree/hung'));
  });
  afterEach(() => hung?.remove());

  it.each(['1', '8'])(
    'is given up in time, with %s threads: the rest is published and the status is 3',
    async (threads) => {
      const out = here.at('scan.parquet');
      const started = performance.now();
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [
          command,
          'report',
          here.at('tree'),
          '-o',
          out,
          '--json',
          '--op-timeout',
          '2s',
          '--threads',
          threads,
        ],
        { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' },
      );
      expect(performance.now() - started).toBeLessThan(12_000);
      expect(status).toBe(3);
      expect(stderr).toMatch(
        /(stat|open|read) of "\S+\/tree\/hung\/\S+" did not answer for \d+ s, so the fuse file system on "\S+\/tree\/hung" was given up/,
      );
      const summary = JSON.parse(stdout);
      expect(summary).toMatchObject({ complete: false, exitCode: 3 });
      expect(summary.read).toBe(summary.entries);
      expect(summary.states.degraded).toBe(summary.errors);
      const rows = await sql(
        `select count(*)::int n, count(*) filter (state = 'ok' and path like '%/healthy/%')::int healthy,
           count(*) filter (state = 'degraded')::int degraded,
           count(distinct path)::int paths from '${out}'`,
      );
      expect(rows).toEqual([
        { n: summary.entries, healthy: 300, degraded: summary.errors, paths: summary.entries },
      ]);
      const named = await sql(`select path from '${out}' where errno = 110`);
      expect(named.length).toBeGreaterThan(0);
    },
  );

  it('costs its own row when it is a root, and the others are read', async () => {
    const out = here.at('scan.parquet');
    const roots = [here.at('tree/hung/in-stat/stuck-stat'), here.at('tree/healthy')];
    const { status } = spawnSync(
      process.execPath,
      [command, 'report', ...roots, '-o', out, '-q', '--op-timeout', '1s'],
      { timeout: 60_000, killSignal: 'SIGKILL' },
    );
    expect(status).toBe(3);
    expect(
      await sql(`select state, errno, count(*)::int n from '${out}' group by all order by n`),
    ).toEqual([
      { state: 'degraded', errno: 110, n: 1 },
      { state: 'ok', errno: null, n: 301 },
    ]);
  });

  it('does not keep a command from its arguments: a child is given them exactly', () => {
    const tail = '-o - --format csv --columns path -q';
    const script = `cd ${here.path} && a=$(printf '\\376') b=$(printf '\\377') && mkdir "$b" && touch "$b/$a" "$b/$b" &&
      ${process.execPath} ${command} report --exclude="$a" "$b" ${tail}`;
    const { status, stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect([status, stdout.split('\n').toSorted()]).toEqual([
      0,
      ['', '\\xff', '\\xff/\\xff', 'path'],
    ]);
  });

  it('beside it, inodes up to 2^64 - 1 are exact in every format', async () => {
    const formats = ['parquet', 'csv', 'jsonl'];
    const outputs = formats.flatMap((format) => ['-o', here.at(`scan.${format}`)]);
    const { status, stdout } = spawnSync(
      process.execPath,
      [command, 'report', here.at('tree/hung/odd'), '--json', ...outputs],
      { encoding: 'utf8', timeout: 60_000, killSignal: 'SIGKILL' },
    );
    // A directory there is never listed to its end.
    expect(status).toBe(3);
    expect(JSON.parse(stdout).states).toEqual({ ok: 15, incomplete: 1 });
    const inodes = [1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n].map(String).toSorted();
    for (const format of formats) {
      const out = here.at(`scan.${format}`);
      const from =
        format === 'parquet'
          ? `'${out}'`
          : format === 'csv'
            ? `read_csv('${out}', all_varchar = true)`
            : `read_json('${out}', format = 'newline_delimited', columns = {name: 'VARCHAR', inode: 'VARCHAR'})`;
      const rows = await sql(
        `select name, inode::varchar as inode from ${from} where regexp_full_match(name, '[0-9]+') order by name`,
      );
      expect(rows).toEqual(inodes.map((inode) => ({ name: inode, inode })));
    }
  });

  it('does not keep the command from ending at a signal', async () => {
    const child = startPwalk(
      ['report', here.at('tree'), '-o', here.at('scan.parquet'), '--op-timeout', 'none'],
      here.path,
    );
    // Once the walk hangs its thread is in a sleep that nothing ends.
    await expect.poll(() => stuckThreads(here.at('tree')), { timeout: 30_000 }).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    expect(existsSync(here.at('scan.parquet'))).toBe(false);
    expect(readdirSync(here.path)).toEqual(['tree']);
  });

  it.each([
    ['before there is a child', 'SIGUSR1', 1],
    ['while the child is started', 'SIGHUP', 2],
  ])('a signal that comes %s ends the command', (_when, listened, times) => {
    // Sent by the process itself as it comes to listen to a signal for so many times.
    const preload = `let times = 0;
      if (process.env.PWALK_SUPERVISED === undefined) process.on('newListener', (name) => {
        if (name === '${listened}' && ++times === ${times}) process.kill(process.pid, 'SIGTERM');
      });`;
    const args = [command, 'report', here.at('tree/healthy'), '-o', here.at('scan.parquet'), '-q'];
    const { status, signal } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, ...args],
      { timeout: 60_000, killSignal: 'SIGKILL' },
    );
    expect([status, signal]).toEqual([143, null]);
    expect(readdirSync(here.path)).toEqual(['tree']);
  });
});

/** Threads in uninterruptible sleep, or waiting for a FUSE server, of processes that were given this argument. */
function stuckThreads(argument: string): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => threadsOf(pid, argument))
    .filter((wait) => /fuse|request_wait/.test(wait)).length;
}

/** What each thread of a process waits for in the kernel; nothing of other processes. */
function threadsOf(pid: string, argument: string): string[] {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument)) return [];
    return readdirSync(`/proc/${pid}/task`).map((tid) =>
      readFileSync(`/proc/${pid}/task/${tid}/wchan`, 'utf8'),
    );
  } catch {
    return []; // it has ended
  }
}
