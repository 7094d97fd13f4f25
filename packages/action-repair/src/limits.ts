import type { RepairSummary, Tally } from './summary.js';

/** Changes that are journaled, then made, in one go. */
const GROUP_CHANGES = 512;

/** When to stop, for all that is left to do. */
export interface Limits {
  readonly maxChanges?: number | undefined;
  readonly maxErrors?: number | undefined;
}

/** Changes that may be tried at once without going over the limit. */
export function roomFor({ applied }: Tally, { maxChanges }: Limits): number {
  return Math.max(1, Math.min(GROUP_CHANGES, (maxChanges ?? GROUP_CHANGES + applied) - applied));
}

export function limitReached(
  { applied, errors }: Tally,
  { maxChanges, maxErrors }: Limits,
): RepairSummary['stopped'] {
  if (maxChanges !== undefined && applied >= maxChanges) return 'max-changes';
  return maxErrors !== undefined && errors >= maxErrors ? 'max-errors' : null;
}
