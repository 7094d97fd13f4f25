import { PwalkError } from '@pwalk/core';
import type { Tally } from './summary.js';

/** The error of a run that a signal ended between two changes. */
export function interrupted({ applied, journal }: Tally, signal: AbortSignal): PwalkError {
  return new PwalkError(
    'PWALK_CANCELLED',
    `The run was stopped after ${applied} changes; ${journal} has them, and can be undone or gone on with.`,
    { cause: signal.reason },
  );
}
