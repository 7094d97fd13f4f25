import type { EntryState } from '../schema/entry-schema.js';
import { groupDigits } from '../text/group-digits.js';

/**
 * What became of everything a source read. Closed: `read = rows + vanished + excluded`; the engine
 * checks it at the end of every run and compares `rows` with the rows it saw itself.
 */
export interface Accounting {
  /** Directory entries read (`.` and `..` aside), plus the roots. */
  readonly read: number;
  readonly rows: number;
  /** Gone between being listed and being looked at; no row. */
  readonly vanished: number;
  /** Left out by a rule of the scan (its own output, exclude patterns); no row. */
  readonly excluded: number;
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  /** fifo, socket, block, char and unknown. */
  readonly other: number;
  /** Apparent bytes of everything but directories, hard links counted each time; null when sizes were not read. */
  readonly bytes: bigint | null;
  /** Rows by state; states that did not occur may be missing. */
  readonly states: Readonly<Partial<Record<EntryState, number>>>;
  /** Times beyond what microseconds in 64 bits hold, stored as the nearest that is. */
  readonly clampedTimes: number;
}

/** States that mean: something that should be in the result is missing from it. */
export const missingStates: readonly EntryState[] = ['denied', 'error', 'incomplete', 'degraded'];
/** States of directories that were not entered because the scan's options say so. */
const skippedStates: readonly EntryState[] = [
  'loop',
  'excluded',
  'skipped_snapshot',
  'other_fs',
  'pseudo_fs',
  'depth_limit',
];

function count(accounting: Accounting, states: readonly EntryState[]): number {
  return states.reduce((sum, state) => sum + (accounting.states[state] ?? 0), 0);
}

/** Rows that carry an error. */
export function errorCount(accounting: Accounting): number {
  return count(accounting, missingStates);
}

/** Directories not entered by rule. */
export function skippedCount(accounting: Accounting): number {
  return count(accounting, skippedStates);
}

/** The same by state: `3 excluded, 1 other_fs`. */
export function skippedByState(accounting: Accounting): string {
  return skippedStates
    .filter((state) => (accounting.states[state] ?? 0) > 0)
    .map((state) => `${groupDigits(accounting.states[state] ?? 0)} ${state}`)
    .join(', ');
}

/** True when nothing that should be in the result is missing. Vanished entries and skips by rule do not count. */
export function isComplete(accounting: Accounting): boolean {
  return errorCount(accounting) === 0;
}

/** True when every entry read is accounted for. */
export function isClosed(accounting: Accounting): boolean {
  return accounting.read === accounting.rows + accounting.vanished + accounting.excluded;
}

/** The line people can paste: `1,000,003 read = 1,000,001 rows + 2 vanished`. */
export function accountingLine(accounting: Accounting): string {
  const parts = [`${groupDigits(accounting.rows)} rows`];
  if (accounting.vanished > 0) parts.push(`${groupDigits(accounting.vanished)} vanished`);
  if (accounting.excluded > 0) parts.push(`${groupDigits(accounting.excluded)} excluded`);
  return `${groupDigits(accounting.read)} read = ${parts.join(' + ')}`;
}
