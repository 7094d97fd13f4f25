import { mkdirSync, writeFileSync } from 'node:fs';
import { cpuLimit } from '@pwalk/native-walker';
import { beforeEach, describe, expect, it } from 'vitest';
import { pwalk, scratch } from './support/pwalk.js';

const here = scratch();
const { PWALK_THREADS: _, ...env } = process.env;
const cpus = cpuLimit();
const most = Math.max(cpus, Math.min(64, cpus * 32));

beforeEach(() => {
  mkdirSync(here.at('tree/below'), { recursive: true });
  for (let i = 0; i < 50; i++) writeFileSync(here.at(`tree/below/${i}`), '');
});

function report(flags: readonly string[], more: Record<string, string> = {}) {
  const all = ['report', 'tree', '-o', 'out.parquet', ...flags];
  const ended = pwalk(all, { cwd: here.path, env: { ...env, ...more } });
  expect(ended.status).toBe(0);
  return ended.stdout;
}

describe('the threads of a report', () => {
  it('are a range where nobody fixed them, and what was chosen is in the summary', () => {
    const { threads } = JSON.parse(report(['--json']));
    expect(threads).toMatchObject({ least: cpus, most });
    expect(threads.peak).toBeGreaterThanOrEqual(cpus);
    expect(threads.peak).toBeLessThanOrEqual(most);
    expect(report([])).toMatch(/ entries\/s, \d+ (to \d+ )?threads?(, as a call took .* ms)?\n$/);
  });

  it('are those asked for where somebody did, and then nothing is measured', () => {
    const fixed = (n: number) => ({
      least: n,
      most: n,
      peak: n,
      callMicroseconds: null,
      chunk: null,
    });
    expect(JSON.parse(report(['--json', '--threads', '3'])).threads).toEqual(fixed(3));
    expect(JSON.parse(report(['--json'], { PWALK_THREADS: '5' })).threads).toEqual(fixed(5));
    expect(report(['--threads', '1'])).toMatch(/ entries\/s, 1 thread\n$/);
  });

  it('are told by explain', () => {
    const explain = (...flags: string[]) =>
      pwalk(['explain', 'tree', ...flags], { cwd: here.path, env }).stdout;
    expect(explain()).toContain(
      most > cpus
        ? `\nthreads: ${cpus}, up to ${most} while calls are slow\n`
        : `\nthreads: ${cpus}\n`,
    );
    expect(explain('--threads', '7')).toContain('\nthreads: 7\n');
  });
});
