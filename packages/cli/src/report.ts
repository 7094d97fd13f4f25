import {
  type Accounting,
  errorCount,
  exitCodes,
  type Output,
  PwalkError,
  runPipeline,
  type SourceThreads,
  type Spooled,
  skippedCount,
} from '@pwalk/core';
import { WalkPart } from '@pwalk/native-walker';
import { expectedEntries } from './expected-entries.js';
import { type FailedEntry, FailureLog } from './failed-entries.js';
import { MatchCount } from './match-count.js';
import { planReport, type ReportOptions, type ReportPlan } from './report-options.js';
import { reportPipeline } from './report-pipeline.js';
import { reportProgress } from './report-progress.js';
import { type StopReason, StopRequest } from './stop-request.js';

/** What a report came to. */
export interface ReportSummary {
  readonly accounting: Accounting;
  /** Entries that came through the filters; null where there are none. */
  readonly matched: number | null;
  readonly errors: number;
  /** The first entries that could not be read. */
  readonly errorExamples: readonly FailedEntry[];
  /** Directories not entered by rule. */
  readonly skipped: number;
  readonly complete: boolean;
  /** In the order they were asked for; then the files of errors, of directories and of hard links. */
  readonly outputs: readonly Output[];
  /** Bytes that did not fit into memory and were put on disk meanwhile. */
  readonly spilledBytes: number;
  /** What was on disk meanwhile because an output was slow to take it; null when the walk waited then. */
  readonly overflow: Spooled | null;
  readonly seconds: number;
  /** With how many threads this run read; null when it had nothing left to read. */
  readonly threads: SourceThreads | null;
  /** Why directories are missing from the result: the run was stopped. Null when it ran to its end. */
  readonly stopped: {
    readonly reason: StopReason;
    /** Null where it is not known. */
    readonly directoriesLeft: number | null;
    /** `resume()` goes on with it. */
    readonly resumable: boolean;
  } | null;
  /** The scan that was to be resumed was whole already. */
  readonly wasWhole: boolean;
  /** The status the command ends with: 0, 3 when something is missing from the result, 4 for a match, 75 when it can be resumed. */
  readonly exitCode: number;
}

/** Error examples kept for the summary. */
export const MOST_EXAMPLES = 10;

/**
 * Walks the roots and writes what is there to files, one row per entry.
 * Entries that cannot be read are rows with a state and an errno, and are counted in the summary.
 *
 * ```js
 * const { complete, outputs } = await report('/data', { output: 'scan.parquet' });
 * ```
 * @param roots paths as typed; bytes where a path is not UTF-8
 * @throws PwalkError when the options do not fit, a root is missing, an output cannot be written, or
 * the run is cancelled; no file is left under an output's name then
 */
export async function report(
  roots: string | Uint8Array | readonly (string | Uint8Array)[],
  options: ReportOptions,
): Promise<ReportSummary> {
  const plan = await planReport(roots, options);
  if (plan.checkpoint !== undefined) {
    const { startScan } = await import('./scan-directory/scan.js');
    return startScan(plan, plan.checkpoint);
  }
  const stop = new StopRequest(plan.stop, plan.timeLimit);
  const part = new WalkPart();
  stop.signal.addEventListener('abort', () => part.stop(), { once: true });
  if (stop.signal.aborted) part.stop();
  const failures = new FailureLog(MOST_EXAMPLES);
  const matches = new MatchCount();
  const pipeline = await reportPipeline(plan, failures, matches, part);
  const { onProgress, onWarning } = plan;
  // Not waited for: it asks the file systems of the roots, and they may hang.
  let expected: number | null = null;
  if (onProgress !== undefined) {
    void expectedEntries(plan).then(
      (entries) => {
        expected = entries;
      },
      () => {},
    );
  }
  const started = performance.now();
  const { accounting, threads, outputs, complete, spilledBytes, overflow, seconds } =
    await runPipeline({
      ...pipeline,
      onWarning: (message) => onWarning?.(message),
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (progress) =>
              onProgress(
                reportProgress(progress, {
                  errors: failures.count,
                  seconds: (performance.now() - started) / 1000,
                  expected,
                }),
              ),
          }),
    })
      .catch((error) => {
        throw outputCount(plan) > 1 ? withOthers(error) : error;
      })
      .finally(() => stop.end());
  if (accounting === null) {
    throw new PwalkError(
      'PWALK_ACCOUNTING_BROKEN',
      'The walker kept no account of its walk; please report this.',
    );
  }
  const matched = plan.filters.length === 0 ? null : matches.rows;
  const isFinding = plan.failOnMatch === true && matches.rows > 0;
  return {
    accounting,
    matched,
    errors: errorCount(accounting),
    errorExamples: failures.examples,
    skipped: skippedCount(accounting),
    complete,
    outputs,
    spilledBytes,
    overflow,
    seconds,
    threads,
    stopped: part.isStopped
      ? { reason: stop.reason, directoriesLeft: null, resumable: false }
      : null,
    wasWhole: false,
    exitCode: isFinding ? exitCodes.refused : complete ? exitCodes.complete : exitCodes.incomplete,
  };
}

function outputCount({ outputs, errors, directories, hardLinks }: ReportPlan): number {
  return [...outputs, errors, directories, hardLinks].filter((one) => one !== undefined).length;
}

/** A reader that goes away may do so, and ends a report quietly; but not where that takes other outputs along. */
export function withOthers(error: unknown): unknown {
  if (!(error instanceof PwalkError) || error.code !== 'PWALK_OUTPUT_CLOSED') return error;
  return new PwalkError(
    'PWALK_OUTPUT_WRITE',
    `${error.message} The other outputs were discarded; write them in a run of their own.`,
    { cause: error },
  );
}
