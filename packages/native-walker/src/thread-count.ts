import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { PwalkError } from '@pwalk/core';

/**
 * Variables in which schedulers state the processors a job was given, in order of preference:
 * Slurm, PBS, LSF, SGE.
 */
const schedulerVariables = [
  'SLURM_CPUS_PER_TASK',
  'SLURM_CPUS_ON_NODE',
  'PBS_NP',
  'NCPUS',
  'LSB_DJOB_NUMPROC',
  'NSLOTS',
];

const MOST_THREADS = 1024;
/** Calls that wait keep no processor busy: of them more may be in flight, within what a server can be asked. */
const MOST_WAITING = 64;
const MOST_WAITING_PER_CPU = 32;
/** The same where nobody measures whether they wait. */
const REMOTE_THREADS = 32;
const REMOTE_THREADS_PER_CPU = 16;

export interface MachineLimits {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly affinity?: number;
  readonly procRoot?: string;
  readonly cgroupRoot?: string;
}

/** Processors this process may use: the least of its affinity, its cgroup's quota and its job's share. */
export function cpuLimit({
  env = process.env,
  affinity = availableParallelism(),
  procRoot = '/proc',
  cgroupRoot = '/sys/fs/cgroup',
}: MachineLimits = {}): number {
  const limits = [affinity, cgroupQuota(procRoot, cgroupRoot) ?? Number.POSITIVE_INFINITY];
  const share = schedulerVariables
    .map((name) => positiveInteger(env[name]))
    .find((n) => n !== null);
  if (share !== undefined && share !== null) limits.push(share);
  return Math.max(1, Math.min(...limits));
}

/** How many threads read: `least` where calls are quick, up to `most` where they turn out to be slow. */
export interface ThreadRange {
  readonly least: number;
  readonly most: number;
}

/**
 * The threads of a scan: so many as were asked for, by option or `PWALK_THREADS`; else at least one for
 * each processor, and how many more is measured.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when `PWALK_THREADS` is no number of threads
 */
export function threadRange(
  requested: number | undefined,
  machine: MachineLimits = {},
): ThreadRange {
  const fixed = fixedThreads(requested, machine);
  if (fixed !== null) return { least: fixed, most: fixed };
  const cpus = Math.min(cpuLimit(machine), MOST_THREADS);
  return { least: cpus, most: Math.max(cpus, Math.min(MOST_WAITING, cpus * MOST_WAITING_PER_CPU)) };
}

/**
 * How many threads read ahead of a `walk()`. `PWALK_THREADS` stands in for an option nobody gave. Local file systems
 * keep the processors busy: one thread each. Remote ones wait: many.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when `PWALK_THREADS` is no number of threads
 */
export function threadCount(
  requested: number | undefined,
  isRemote: boolean,
  machine: MachineLimits = {},
): number {
  const fixed = fixedThreads(requested, machine);
  if (fixed !== null) return fixed;
  const cpus = Math.min(cpuLimit(machine), MOST_THREADS);
  return isRemote ? Math.min(REMOTE_THREADS, cpus * REMOTE_THREADS_PER_CPU) : cpus;
}

function fixedThreads(
  requested: number | undefined,
  { env = process.env }: MachineLimits,
): number | null {
  const fixed = requested ?? fixedByEnvironment(env.PWALK_THREADS);
  return fixed === null ? null : Math.min(fixed, MOST_THREADS);
}

function fixedByEnvironment(text: string | undefined): number | null {
  if (text === undefined || text.trim() === '') return null;
  const threads = positiveInteger(text);
  if (threads !== null) return threads;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `PWALK_THREADS is "${text}", which is no number of threads; give one from 1 to ${MOST_THREADS}, or unset it.`,
  );
}

/** Whole processors of the tightest CPU quota of this process's cgroup and those above it, or null. */
function cgroupQuota(procRoot: string, cgroupRoot: string): number | null {
  const quotas: number[] = [];
  for (const line of readText(join(procRoot, 'self/cgroup'))?.split('\n') ?? []) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    if (controllers === '') {
      for (const directory of upward(path)) {
        const [quota, period] = readText(join(cgroupRoot, directory, 'cpu.max'))?.split(' ') ?? [];
        addQuota(quotas, quota, period);
      }
    } else if (controllers.split(',').includes('cpu')) {
      for (const directory of upward(path)) {
        const base = join(cgroupRoot, 'cpu', directory);
        addQuota(
          quotas,
          readText(join(base, 'cpu.cfs_quota_us')),
          readText(join(base, 'cpu.cfs_period_us')),
        );
      }
    }
  }
  return quotas.length === 0 ? null : Math.max(1, Math.ceil(Math.min(...quotas)));
}

/** The path and every directory above it. */
function* upward(path: string): Generator<string> {
  for (let at = path; ; at = dirname(at)) {
    yield at;
    if (at === '/' || at === '.') return;
  }
}

function addQuota(
  quotas: number[],
  quota: string | undefined | null,
  period: string | undefined | null,
): void {
  const cpus = Number(quota) / Number(period);
  if (cpus > 0 && Number.isFinite(cpus)) quotas.push(cpus);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function positiveInteger(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text.trim()) ? Number(text) : null;
}
