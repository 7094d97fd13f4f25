import type { RepairSummary, Tally } from './summary.js';

/** Changes that are journaled, then made, in one go. */
const GROUP_CHANGES = 512;

/** When to stop, for all that is left to do. */
export interface Limits {
  readonly maxChanges?: number | undefined;
  readonly maxErrors?: number | undefined;
}

/** Changes that may be tried at once without going over a limit, should all be made, or all fail. */
export function roomFor({ applied, errors }: Tally, limits: Limits): number {
  const { maxChanges = Number.POSITIVE_INFINITY, maxErrors = Number.POSITIVE_INFINITY } = limits;
  return Math.max(1, Math.min(GROUP_CHANGES, maxChanges - applied, maxErrors - errors));
}

export function limitReached(
  { applied, errors }: Tally,
  { maxChanges, maxErrors }: Limits,
): RepairSummary['stopped'] {
  if (maxChanges !== undefined && applied >= maxChanges) return 'max-changes';
  return maxErrors !== undefined && errors >= maxErrors ? 'max-errors' : null;
}
