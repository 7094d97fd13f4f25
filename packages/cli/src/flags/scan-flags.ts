import * as Flags from '@oclif/core/flags';
import { PwalkError } from '@pwalk/core';
import { parseDuration } from '../duration.js';
import { LEAST_MEMORY, parseSize } from '../size.js';

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
  readonly snapshots: boolean;
  readonly 'op-timeout': string;
  readonly stat: 'lazy' | 'sync';
}

/** What the flags ask of a scan; undefined where they leave the choice to it. */
export interface ScanSettings {
  readonly threads: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
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
    snapshots,
    stat,
  };
}

/** Seconds of a time; 0 of `none`. */
function seconds(text: string): number {
  return text === 'none' ? 0 : parseDuration(text, '--op-timeout') / 1000;
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes < LEAST_MEMORY) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `--memory ${text} is too little; give at least 16MiB.`,
    );
  }
  return bytes;
}
