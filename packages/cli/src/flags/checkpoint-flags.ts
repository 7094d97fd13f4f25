import * as Flags from '@oclif/core/flags';
import { PwalkError, parseSize } from '@pwalk/core';
import { parseDuration } from '../duration.js';
import type { CheckpointOptions } from '../scan-directory/checkpoint-options.js';

const group = { helpGroup: 'LONG SCANS' } as const;

/** When a scan stops by itself. */
export const timeLimitFlag = Flags.string({
  ...group,
  description:
    'stop after so long, as 30m or 24h: with --checkpoint to be resumed, else with what there is by then',
  helpValue: 'TIME',
});

/** How often a scan directory is committed to. */
export const intervalFlag = Flags.string({
  ...group,
  description: 'with --checkpoint: commit so often, as 500ms, 30s, 10m; 60s when not given',
  helpValue: 'TIME',
});

/** How a scan is made resumable. */
export const checkpointFlags = {
  checkpoint: Flags.boolean({
    ...group,
    description:
      'make it a scan that pwalk resume goes on with after any end: a directory of parts, or a Parquet file in the end',
  }),
  'checkpoint-interval': intervalFlag,
  'part-size': Flags.string({
    ...group,
    description: 'with --checkpoint: begin another part at this size, as 64MB; 1GiB when not given',
    helpValue: 'SIZE',
  }),
  'time-limit': timeLimitFlag,
};

/** The checkpoint flags as oclif parsed them. */
export interface ParsedCheckpointFlags {
  readonly checkpoint: boolean;
  readonly 'checkpoint-interval': string | undefined;
  readonly 'part-size': string | undefined;
  readonly 'time-limit': string | undefined;
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function checkpointSettings(flags: ParsedCheckpointFlags): {
  checkpoint: CheckpointOptions | undefined;
  timeLimit: number | undefined;
} {
  const { 'checkpoint-interval': interval, 'part-size': size } = flags;
  const given = [
    ...(interval === undefined ? [] : ['--checkpoint-interval']),
    ...(size === undefined ? [] : ['--part-size']),
  ];
  if (!flags.checkpoint && given[0] !== undefined) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `${given[0]} says how a scan directory is written; give --checkpoint with it.`,
    );
  }
  return {
    checkpoint: flags.checkpoint
      ? {
          ...(interval === undefined ? {} : { interval: intervalOf(interval) }),
          ...(size === undefined ? {} : { partSize: parseSize(size) }),
        }
      : undefined,
    timeLimit: timeLimitOf(flags['time-limit']),
  };
}

/** Seconds. */
export function intervalOf(text: string): number {
  return parseDuration(text, '--checkpoint-interval') / 1000;
}

/** Seconds. */
export function timeLimitOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text, '--time-limit') / 1000;
}
