import type { PipelineProgress } from '@pwalk/core';

/** Live figures of a report. */
export interface ReportProgress {
  /** Entries found so far. */
  readonly entries: number;
  /** Since the start. */
  readonly entriesPerSecond: number;
  /** Directories found and not yet read. */
  readonly queuedDirectories: number;
  /** Bytes of entries that are on disk at the moment because an output is slow to take them. */
  readonly overflowBytes: number;
  /** Entries that could not be read, of those that reached the outputs. */
  readonly errors: number;
  readonly seconds: number;
  /** Entries there are likely to be: as many as last time, or as the file system has; null where nothing tells. */
  readonly expectedEntries: number | null;
  /** Seconds that the expected rest takes at the rate so far; null where nothing tells. */
  readonly secondsLeft: number | null;
}

/** Puts what a source says of itself into the figures of a report. */
export function reportProgress(
  { rows: entries, queuedDirectories, overflowBytes }: PipelineProgress,
  known: {
    readonly errors: number;
    readonly seconds: number;
    readonly expected: number | null;
    /** Entries of earlier runs, which took time of their own. @default 0 */
    readonly before?: number;
  },
): ReportProgress {
  const { errors, seconds, expected, before = 0 } = known;
  const entriesPerSecond = seconds > 0 ? (entries - before) / seconds : 0;
  // Once the walk has outgrown the expectation, that says nothing any more.
  const isAhead = expected !== null && expected > entries && entriesPerSecond > 0;
  return {
    entries,
    entriesPerSecond,
    queuedDirectories,
    overflowBytes,
    errors,
    seconds,
    expectedEntries: expected,
    secondsLeft: isAhead ? (expected - entries) / entriesPerSecond : null,
  };
}
