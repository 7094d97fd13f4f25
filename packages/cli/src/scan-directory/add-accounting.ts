import type { Accounting, EntryState } from '@pwalk/core';

/** The account of a scan, with that of one more part. */
export function addAccounting(sum: Accounting | null, part: Accounting): Accounting {
  if (sum === null) return part;
  const states: Partial<Record<EntryState, number>> = { ...sum.states };
  for (const [state, count] of Object.entries(part.states) as [EntryState, number][]) {
    states[state] = (states[state] ?? 0) + count;
  }
  return {
    read: sum.read + part.read,
    rows: sum.rows + part.rows,
    vanished: sum.vanished + part.vanished,
    excluded: sum.excluded + part.excluded,
    files: sum.files + part.files,
    directories: sum.directories + part.directories,
    symlinks: sum.symlinks + part.symlinks,
    other: sum.other + part.other,
    bytes: addBytes(sum.bytes, part.bytes),
    states,
    clampedTimes: sum.clampedTimes + part.clampedTimes,
  };
}

const MOST_BYTES = 2n ** 64n - 1n;

/** Stays at what 64 bits hold, as in the walker. */
function addBytes(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return null;
  return a + b > MOST_BYTES ? MOST_BYTES : a + b;
}
