import * as Flags from '@oclif/core/flags';
import { type OverflowPolicy, PwalkError } from '@pwalk/core';
import { parseDuration } from '../duration.js';
import { LEAST_MEMORY, LEAST_SPILL_LIMIT, parseSize } from '../size.js';

/** How a tree is read: the same for every command that walks one. */
export const scanFlags = {
  threads: Flags.integer({
    description: 'threads that read; chosen from the machine and the file system when not given',
    min: 1,
    max: 1024,
    helpValue: 'N',
    helpGroup: 'SCAN',
  }),
  memory: Flags.string({
    description: 'memory to use beyond what Node takes, as 256MiB',
    helpValue: 'SIZE',
    helpGroup: 'SCAN',
  }),
  overflow: Flags.option({
    options: ['pause', 'spill'] as const,
    description:
      'what becomes of entries that an output is slow to take. pause: the walk waits, the default; spill: they are on disk meanwhile',
    helpGroup: 'SCAN',
  })(),
  'spill-dir': Flags.string({
    description:
      'where that goes which does not fit into --memory: directories that wait to be read, and with --overflow spill entries; the directory for temporary files when not given',
    helpValue: 'DIR',
    helpGroup: 'SCAN',
  }),
  'spill-limit': Flags.string({
    description: 'disk space for each of both at most, as 10GiB, which it is when not given',
    helpValue: 'SIZE',
    helpGroup: 'SCAN',
  }),
  snapshots: Flags.boolean({ description: 'enter snapshot directories', helpGroup: 'SCAN' }),
  'op-timeout': Flags.string({
    description:
      'how long a file system may take to answer before it is given up and the rest goes on: 120s, 5m, or none',
    default: '120s',
    helpValue: 'TIME',
    helpGroup: 'SCAN',
  }),
  stat: Flags.option({
    options: ['lazy', 'sync'] as const,
    description: 'lazy: network file systems may answer from their caches; sync: they may not',
    default: 'lazy',
    helpGroup: 'SCAN',
  })(),
};

/** The scan flags as oclif parsed them. */
export interface ParsedScanFlags {
  readonly threads: number | undefined;
  readonly memory: string | undefined;
  readonly overflow: OverflowPolicy | undefined;
  readonly 'spill-dir': string | undefined;
  readonly 'spill-limit': string | undefined;
  readonly snapshots: boolean;
  readonly 'op-timeout': string;
  readonly stat: 'lazy' | 'sync';
}

/** What the flags ask of a scan; undefined where they leave the choice to it. */
export interface ScanSettings {
  readonly threads: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly overflow: OverflowPolicy | undefined;
  readonly spillDir: string | undefined;
  /** Bytes. */
  readonly spillLimit: number | undefined;
  readonly snapshots: boolean;
  /** Seconds; 0 for ever. */
  readonly opTimeout: number;
  readonly stat: 'lazy' | 'sync';
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function scanSettings(flags: ParsedScanFlags): ScanSettings {
  const { threads, memory, snapshots, stat } = flags;
  return {
    opTimeout: seconds(flags['op-timeout']),
    threads,
    memory: memory === undefined ? undefined : memorySize(memory),
    ...spillSettings(flags),
    snapshots,
    stat,
  };
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function spillSettings(
  flags: Pick<ParsedScanFlags, 'overflow' | 'spill-dir' | 'spill-limit'>,
): Pick<ScanSettings, 'overflow' | 'spillDir' | 'spillLimit'> {
  const { overflow, 'spill-dir': spillDir, 'spill-limit': limit } = flags;
  const spillLimit = limit === undefined ? undefined : parseSize(limit);
  if (spillDir === '') throw misfit('--spill-dir is empty; name a directory.');
  if (spillLimit !== undefined && spillLimit < LEAST_SPILL_LIMIT) {
    throw misfit(`--spill-limit ${limit} is too little; give at least 1MiB.`);
  }
  return { overflow, spillDir, spillLimit };
}

function misfit(message: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', message);
}

/** Seconds of a time; 0 of `none`. */
function seconds(text: string): number {
  return text === 'none' ? 0 : parseDuration(text, '--op-timeout') / 1000;
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes < LEAST_MEMORY) {
    throw misfit(`--memory ${text} is too little; give at least 16MiB.`);
  }
  return bytes;
}
