import { PwalkError } from '@pwalk/core';
import { z } from 'zod';
import type { ReportPlan } from '../report-options.js';

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
    throw misfit('a checkpointed scan has one output, a directory; convert its parts afterwards');
  }
  if (output.format !== 'parquet') {
    throw misfit(`its parts are Parquet, and not ${output.format}; convert them afterwards`);
  }
  if (output.path === '-' || /\.[a-z]+$/.test(output.path.replace(/\/+$/, ''))) {
    throw misfit('its output is a directory, so give a name without an ending, as -o scan/');
  }
  if (output.partitionBy !== undefined) {
    throw misfit(
      'its parts are not partitioned; partition them afterwards, or leave out one of both',
    );
  }
  if (plan.filters.length > 0) {
    throw misfit('it holds every entry; filter when you query it, or leave out one of both');
  }
  if (plan.errors !== undefined) {
    throw misfit(
      'what could not be read is in it, as rows with an errno; leave out the file of errors',
    );
  }
  if (plan.followSymlinks === true) {
    throw misfit('which directories symbolic links have led to is not kept; leave out one of both');
  }
}

function misfit(why: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', `--checkpoint does not go with that: ${why}.`);
}
