import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, scratch, startPwalk } from './support/pwalk.js';

const here = scratch();

describe('interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s discards the output and ends with %i', async (signal, status) => {
    const child = startPwalk(['report', ...Array(50).fill('/usr'), '-o', 's.parquet'], here.path);
    // The temporary file shows that the walk is under way.
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(1);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([status, null]);
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('a pipeline of a config likewise, each of its outputs', async () => {
    const sinks = ['s.parquet', 's.csv'].map((path) => ({ use: path.slice(2), options: { path } }));
    const roots = Array(50).fill('/usr');
    writeFileSync(here.at('c.json'), JSON.stringify({ roots, sinks }));
    const child = startPwalk(['run', '-c', 'c.json'], here.path);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(3);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(readdirSync(here.path)).toEqual(['c.json']);
    expect(stderr).toBe('pwalk: The run was cancelled; unfinished outputs were discarded.\n');
  });

  it('leaves an older file as it was', async () => {
    writeFileSync(here.at('s.parquet'), 'old');
    const child = startPwalk(['report', ...Array(50).fill('/usr'), '-o', 's.parquet'], here.path);
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(2);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(readFileSync(here.at('s.parquet'), 'utf8')).toBe('old');
    expect(readdirSync(here.path)).toEqual(['s.parquet']);
  });

  it.each([
    ['stalls', 'sleep 30 < fifo & echo $! > reader'],
    ['never comes', 'true'],
    [
      'stalls before the header of a csv',
      'sleep 30 < fifo & echo $! > reader; head -c 65536 /dev/zero > fifo',
    ],
  ])('ends at the first SIGTERM when the reader of its fifo %s', async (how, reader) => {
    const format = how.includes('csv') ? 'csv' : 'parquet';
    execFileSync('sh', ['-c', `mkfifo fifo; (${reader}) >/dev/null 2>&1`], { cwd: here.path });
    const child = startPwalk(['report', '/usr', '-o', 'fifo', '-q', '--format', format], here.path);
    // Long enough under way that it waits for the reader: it has written what a pipe holds, or has nothing open.
    await expect
      .poll(() => cpuTicks(child.pid), { timeout: 20_000, interval: 300 })
      .toBe('settled');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    if (existsSync(here.at('reader')))
      process.kill(Number(readFileSync(here.at('reader'), 'utf8')));
  });

  it.each([
    ['parquet', 'head -c 1'],
    ['csv', 'head -1'],
    ['dey-csv', 'head -1'],
  ])('ends quietly when the reader of its pipe is gone: %s', (format, reader) => {
    const report = `${process.execPath} ${command} report /usr -o - --format ${format}`;
    const line = `set -o pipefail; ${report} | ${reader} >/dev/null`;
    const { stderr, status } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

let before = -1;

/** `settled` once a process has used no CPU since the last look. */
function cpuTicks(pid: number | undefined): string {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  const now = Number(fields[11]) + Number(fields[12]);
  const settled = now === before && now > 10;
  before = now;
  return settled ? 'settled' : `${now} ticks`;
}
