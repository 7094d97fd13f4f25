import { PwalkError } from '@pwalk/core';
import { z } from 'zod';
import type { ReportPlan } from '../report-options.js';
import { isSingleFile } from './single-file.js';

/** How a scan that can be resumed is written. */
export interface CheckpointOptions {
  /** Seconds of walking between two commits; more where a commit takes long. @default 60 */
  readonly interval?: number | undefined;
  /** Bytes at which another part begins. @default 1 GiB */
  readonly partSize?: number | undefined;
}

/** A year, in seconds: longer than any scan. */
export const LONGEST_TIME = 31_536_000;

export const checkpointOptions = z.strictObject({
  interval: z.number().positive().max(LONGEST_TIME).default(60),
  partSize: z
    .int()
    .min(1)
    .default(1024 ** 3),
});

/** The same, complete. */
export type CheckpointPlan = z.output<typeof checkpointOptions>;

/**
 * Refuses what cannot be combined with checkpoints.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function checkCheckpointed(plan: ReportPlan): void {
  const [output, ...others] = plan.outputs;
  if (output === undefined || others.length > 0) {
    throw misfit('a checkpointed scan has one output; convert it afterwards');
  }
  if (output.format !== 'parquet') {
    throw misfit(`its parts are Parquet, and not ${output.format}; convert them afterwards`);
  }
  const isDirectory = output.path !== '-' && !/\.[a-z]+\/*$/i.test(output.path);
  if (!isDirectory && !isSingleFile(output.path)) {
    throw misfit(
      'its output is one file, as -o scan.parquet, or a directory, without an ending, as -o scan/',
    );
  }
  if (output.partitionBy !== undefined) {
    throw misfit(
      'its parts are not partitioned; partition them afterwards, or leave out one of both',
    );
  }
  if (plan.followSymlinks === true) {
    throw misfit('which directories symbolic links have led to is not kept; leave out one of both');
  }
}

function misfit(why: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', `--checkpoint does not go with that: ${why}.`);
}
