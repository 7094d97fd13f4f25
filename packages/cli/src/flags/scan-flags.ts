import * as Flags from '@oclif/core/flags';
import { PwalkError } from '@pwalk/core';
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
  readonly stat: 'lazy' | 'sync';
}

/** What the flags ask of a scan; undefined where they leave the choice to it. */
export interface ScanSettings {
  readonly threads: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly snapshots: boolean;
  readonly stat: 'lazy' | 'sync';
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function scanSettings({ threads, memory, snapshots, stat }: ParsedScanFlags): ScanSettings {
  return {
    threads,
    memory: memory === undefined ? undefined : memorySize(memory),
    snapshots,
    stat,
  };
}

function memorySize(text: string): number {
  const bytes = parseSize(text);
  if (bytes < LEAST_MEMORY) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `--memory ${text} is too little; give at least 16MiB.`,
    );
  }
  return bytes;
}
