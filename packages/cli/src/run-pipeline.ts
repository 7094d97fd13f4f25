import {
  type Accounting,
  type ActionSummary,
  decodeName,
  type EffectCounts,
  errorCount,
  exitCodes,
  type Output,
  type PlannedEffect,
  runPipeline,
  type SourceThreads,
  type Spooled,
  skippedCount,
} from '@pwalk/core';
import type { ResolvedPipeline } from '@pwalk/core/config';
import { walker } from '@pwalk/native-walker';
import { type FailedEntry, FailureLog, failureWitness } from './failed-entries.js';
import { MOST_EXAMPLES, withOthers } from './report.js';
import { type ReportProgress, reportProgress } from './report-progress.js';

export interface RunOptions {
  /** Plan actions and apply nothing, whatever the config says. */
  readonly dryRun?: boolean | undefined;
  /** End with status 4 when an entry came through the filters, whatever the config says. */
  readonly failOnMatch?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((message: string, plugin: string) => void) | undefined;
  readonly onEffect?: ((effect: PlannedEffect) => void) | undefined;
  /** Called ten times a second during the walk, and once at its end. */
  readonly onProgress?: ((progress: ReportProgress) => void) | undefined;
}

/** What the run of a configured pipeline came to. */
export interface RunSummary {
  readonly pipeline: string;
  /** Null when the source keeps no account. */
  readonly accounting: Accounting | null;
  /** Rows that came out of the source, and those of them that came through the filters. */
  readonly rows: number;
  readonly matched: number;
  readonly errors: number;
  /** The first entries that could not be read. */
  readonly errorExamples: readonly FailedEntry[];
  /** Directories not entered by rule. */
  readonly skipped: number;
  readonly complete: boolean;
  readonly outputs: readonly Output[];
  readonly effects: EffectCounts;
  /** What each action came to. */
  readonly actions: readonly ActionSummary[];
  /** Bytes that did not fit into the source's memory and were put on disk meanwhile. */
  readonly spilledBytes: number;
  /** What was on disk meanwhile because a sink was slow to take it; null when the source waited then. */
  readonly overflow: Spooled | null;
  readonly seconds: number;
  /** With how many threads the source read; null when it does not tell. */
  readonly threads: SourceThreads | null;
  /**
   * The status the command ends with: 0, 3 when something is missing from the result or a change was not
   * made, 75 when an action stopped at its limit, 4 for a match.
   */
  readonly exitCode: number;
}

/** What the sinks of a pipeline are told to write to, as far as their options tell. */
export function outputPaths({ spec }: ResolvedPipeline): string[] {
  return (spec.sinks ?? []).flatMap((branch) => {
    const { options } = 'sink' in branch ? branch.sink : branch;
    const path = typeof options === 'object' && options !== null && Reflect.get(options, 'path');
    return typeof path === 'string' ? [path] : [];
  });
}

/** Runs a pipeline of a config. @throws PwalkError */
export async function runConfigured(
  { name, spec, roots, failOnMatch }: ResolvedPipeline,
  options: RunOptions,
): Promise<RunSummary> {
  const failures = new FailureLog(MOST_EXAMPLES);
  // Before the filters, which may let no entry through that could not be read.
  const witness = spec.source.plugin === walker.plugin ? [failureWitness(failures)] : [];
  const { onProgress } = options;
  const started = performance.now();
  const result = await runPipeline({
    ...spec,
    filters: [...witness, ...(spec.filters ?? [])],
    dryRun: options.dryRun === true || spec.dryRun === true,
    scan: {
      roots: roots.map((root) => decodeName(Buffer.from(root)).text),
      rootBytes: roots.map((root) => Buffer.from(root)),
      options: { pipeline: name },
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onWarning === undefined ? {} : { onWarning: options.onWarning }),
    ...(options.onEffect === undefined ? {} : { onEffect: options.onEffect }),
    ...(onProgress === undefined
      ? {}
      : {
          onProgress: (progress) =>
            onProgress(
              reportProgress(progress, {
                errors: failures.count,
                seconds: (performance.now() - started) / 1000,
                expected: null,
              }),
            ),
        }),
  }).catch((error) => {
    throw (spec.sinks ?? []).length > 1 ? withOthers(error) : error;
  });
  const { accounting, rows, matched, complete, outputs, effects, actions } = result;
  const { spilledBytes, overflow, seconds, threads } = result;
  const isStopped = actions.some(({ state }) => state === 'stopped');
  const isFinding = (options.failOnMatch === true || failOnMatch) && matched > 0;
  return {
    pipeline: name,
    accounting,
    rows,
    matched,
    errors: accounting === null ? 0 : errorCount(accounting),
    errorExamples: failures.examples,
    skipped: accounting === null ? 0 : skippedCount(accounting),
    complete,
    outputs,
    effects,
    actions,
    spilledBytes,
    overflow,
    seconds,
    threads,
    exitCode: isFinding
      ? exitCodes.refused
      : isStopped
        ? exitCodes.resumable
        : complete
          ? exitCodes.complete
          : exitCodes.incomplete,
  };
}
