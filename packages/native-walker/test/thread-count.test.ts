import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cpuLimit, threadCount, threadRange } from '@pwalk/native-walker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pwalk-threads-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A machine of 16 processors whose /proc and cgroup files are those given. */
function machine(files: Record<string, string> = {}, env: Record<string, string> = {}) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), `${text}\n`);
  }
  return { env, affinity: 16, procRoot: join(dir, 'proc'), cgroupRoot: join(dir, 'cg') };
}

describe('cpuLimit', () => {
  it('is the affinity where nothing else limits', () => {
    expect(cpuLimit(machine())).toBe(16);
  });

  it('takes the tightest cgroup v2 quota of all ancestors, rounded up', () => {
    const files = {
      'proc/self/cgroup': '0::/user.slice/job',
      'cg/user.slice/cpu.max': '250000 100000',
      'cg/user.slice/job/cpu.max': 'max 100000',
    };
    expect(cpuLimit(machine(files))).toBe(3);
  });

  it('never falls below one processor for a quota of less', () => {
    expect(cpuLimit(machine({ 'proc/self/cgroup': '0::/', 'cg/cpu.max': '20000 100000' }))).toBe(1);
  });

  it('reads cgroup v1 quotas', () => {
    const files = {
      'proc/self/cgroup': '4:memory:/x\n3:cpu,cpuacct:/job',
      'cg/cpu/job/cpu.cfs_quota_us': '400000',
      'cg/cpu/job/cpu.cfs_period_us': '100000',
      'cg/cpu/cpu.cfs_quota_us': '-1',
      'cg/cpu/cpu.cfs_period_us': '100000',
    };
    expect(cpuLimit(machine(files))).toBe(4);
  });

  it.each([
    ['Slurm, per task', { SLURM_CPUS_PER_TASK: '2', SLURM_CPUS_ON_NODE: '8' }, 2],
    ['Slurm, whole node', { SLURM_CPUS_ON_NODE: '8' }, 8],
    ['PBS', { PBS_NP: '5' }, 5],
    ['LSF', { LSB_DJOB_NUMPROC: '6' }, 6],
    ['SGE', { NSLOTS: '3' }, 3],
    ['a share beyond the machine', { NSLOTS: '64' }, 16],
    ['nonsense', { NSLOTS: 'many', PBS_NP: '0' }, 16],
  ])('keeps to the share of a job: %s', (_, env, cpus) => {
    expect(cpuLimit(machine({}, env))).toBe(cpus);
  });
});

describe('threadCount', () => {
  it('is what was asked for, then PWALK_THREADS, then a thread per processor', () => {
    expect(threadCount(7, false, machine({}, { PWALK_THREADS: '3' }))).toBe(7);
    expect(threadCount(undefined, false, machine({}, { PWALK_THREADS: '3' }))).toBe(3);
    expect(threadCount(undefined, false, machine())).toBe(16);
  });

  it.each(['two', '0', '-1', '1.5'])('refuses PWALK_THREADS of %s', (text) => {
    expect(() => threadCount(undefined, false, machine({}, { PWALK_THREADS: text }))).toThrow(text);
  });

  it('keeps many calls in flight where calls wait', () => {
    expect(threadCount(undefined, true, machine())).toBe(32);
    expect(threadCount(undefined, true, machine({}, { NSLOTS: '1' }))).toBe(16);
  });
});

describe('threadRange', () => {
  it('is one number where somebody fixed it', () => {
    const env = { PWALK_THREADS: '3' };
    expect(threadRange(7, machine({}, env))).toEqual({ least: 7, most: 7 });
    expect(threadRange(undefined, machine({}, env))).toEqual({ least: 3, most: 3 });
  });

  it('leaves room for calls that wait, less with one processor, and none beyond 64', () => {
    expect(threadRange(undefined, machine())).toEqual({ least: 16, most: 64 });
    expect(threadRange(undefined, machine({}, { NSLOTS: '1' }))).toEqual({ least: 1, most: 32 });
    expect(threadRange(undefined, { ...machine(), affinity: 128 })).toEqual({
      least: 128,
      most: 128,
    });
  });
});
