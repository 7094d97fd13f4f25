import {
  errorCount,
  escapeText,
  exitCodes,
  isComplete,
  PwalkError,
  type SourceProgress,
  skippedCount,
} from '@pwalk/core';
import { requireNativeWalker } from '@pwalk/native-walker';
import { expectedEntries } from '../expected-entries.js';
import { MOST_EXAMPLES, type ReportSummary } from '../report.js';
import { planReport, type ReportOptions, type ReportPlan } from '../report-options.js';
import { reportProgress } from '../report-progress.js';
import { StopRequest } from '../stop-request.js';
import type { CheckpointPlan } from './checkpoint-options.js';
import { resumeRefused } from './failures.js';
import { ScanDirectory } from './scan-directory.js';
import { ScanRun } from './scan-run.js';
import { firstState, requestOf } from './scan-settings.js';
import type { ScanState } from './scan-state.js';

/** How a scan is gone on with. What is walked, and what is written, was said when it began. */
export interface ResumeOptions
  extends Pick<
    ReportOptions,
    'threads' | 'memory' | 'timeLimit' | 'stop' | 'signal' | 'onWarning' | 'onProgress'
  > {
  /** Seconds of walking between two commits. @default as when the scan began */
  readonly interval?: number | undefined;
  /**
   * Take the roots for what they were although their devices have other numbers and their file systems
   * tell no birth times. @default false
   */
  readonly sameFileSystems?: boolean | undefined;
  /** Change to the directory the scan began in, where roots are relative to it. @default false */
  readonly changeDirectory?: boolean | undefined;
}

/** Begins a scan that can be resumed, and runs it to its end or until it is stopped. */
export async function startScan(
  plan: ReportPlan,
  checkpoint: CheckpointPlan,
): Promise<ReportSummary> {
  requireNativeWalker();
  const [output] = plan.outputs;
  const warn = (message: string) => plan.onWarning?.(message);
  const { directory, state } = await ScanDirectory.create(
    output?.path ?? '',
    (made) => firstState(plan, checkpoint, made),
    warn,
  );
  try {
    return await run(directory, state, plan, checkpoint, { isResumed: false });
  } catch (error) {
    // Nothing was committed: nothing is kept, as of any report that fails.
    const reached = await ScanDirectory.look(directory.path).catch(() => null);
    if (reached?.state.generation === 0) await directory.discard();
    throw error;
  } finally {
    await directory.close();
  }
}

/**
 * Goes on with a scan where its last run ended, however that did: nothing that was committed is read or
 * written again, and the summary is that of the whole scan.
 *
 * ```js
 * let summary = await resume('scan/', { timeLimit: 3600 });
 * ```
 * @throws PwalkError `PWALK_RESUME_REFUSED` when it cannot be gone on with
 */
export async function resume(path: string, options: ResumeOptions = {}): Promise<ReportSummary> {
  requireNativeWalker();
  const { interval, sameFileSystems = false, changeDirectory = false, ...others } = options;
  const reached = await ScanDirectory.look(path);
  if (reached?.isWhole === true) return summaryOf(reached.state, path, null);
  const { directory, state } = await ScanDirectory.open(path, (message) =>
    options.onWarning?.(message),
  );
  try {
    const request = requestOf(state.scan, path);
    if (request.roots.some((root) => root[0] !== SLASH)) enter(state, path, changeDirectory);
    const given = Object.fromEntries(
      Object.entries(others).filter(([, value]) => value !== undefined),
    );
    const plan = await planReport(request.roots, { ...request.options, ...given });
    const { checkpoint } = plan;
    if (checkpoint === undefined)
      throw resumeRefused(path, 'The scan says nothing of checkpoints.');
    return await run(
      directory,
      state,
      plan,
      { ...checkpoint, ...(interval === undefined ? {} : { interval }) },
      { isResumed: true, sameFileSystems, shown: path },
    );
  } finally {
    await directory.close();
  }
}

const SLASH = 0x2f;

async function run(
  directory: ScanDirectory,
  state: ScanState,
  plan: ReportPlan,
  checkpoint: CheckpointPlan,
  how: { isResumed: boolean; sameFileSystems?: boolean; shown?: string },
): Promise<ReportSummary> {
  const stop = new StopRequest(plan.stop, plan.timeLimit);
  const { onProgress } = plan;
  const started = performance.now();
  const rowsBefore = state.accounting?.rows ?? 0;
  let expected: number | null = null;
  if (onProgress !== undefined) {
    void expectedEntries({ ...plan, outputs: [] }).then(
      (entries) => {
        expected = entries;
      },
      () => {},
    );
  }
  const show = (progress: SourceProgress, errors: number) => {
    const seconds = (performance.now() - started) / 1000;
    onProgress?.(reportProgress(progress, { errors, seconds, expected, before: rowsBefore }));
  };
  try {
    const ended = await new ScanRun(directory, state, plan, checkpoint, {
      stop: stop.signal,
      isResumed: how.isResumed,
      sameFileSystems: how.sameFileSystems ?? false,
      mostExamples: MOST_EXAMPLES,
      onProgress: onProgress === undefined ? undefined : show,
    }).toEnd();
    return summaryOf(ended, how.shown ?? plan.outputs[0]?.path ?? '', stop);
  } finally {
    stop.end();
  }
}

/** Roots that are relative are found from where the scan began. */
function enter({ scan }: ScanState, path: string, mayChange: boolean): void {
  if (scan.directory === process.cwd()) return;
  if (!mayChange) {
    throw resumeRefused(
      path,
      `The paths of the scan in "${escapeText(path)}" are relative to "${escapeText(scan.directory)}"; resume it from there.`,
    );
  }
  try {
    process.chdir(scan.directory);
  } catch (cause) {
    throw new PwalkError(
      'PWALK_RESUME_REFUSED',
      `The scan in "${escapeText(path)}" began in "${escapeText(scan.directory)}", and that cannot be entered; mount what was there, or begin a new scan.`,
      { path, cause },
    );
  }
}

function summaryOf(state: ScanState, path: string, stop: StopRequest | null): ReportSummary {
  const { accounting, parts, directoriesLeft } = state;
  const isWhole = directoriesLeft === 0;
  const account = accounting ?? nothing;
  const complete = isWhole && isComplete(account);
  return {
    accounting: account,
    matched: null,
    errors: errorCount(account),
    errorExamples: state.errorExamples,
    skipped: skippedCount(account),
    complete,
    outputs: [
      {
        path,
        format: 'parquet',
        rows: parts.reduce((sum, { rows }) => sum + rows, 0),
        bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      },
    ],
    seconds: state.seconds,
    stopped: isWhole
      ? null
      : { reason: stop?.reason ?? 'request', directoriesLeft, resumable: true },
    wasWhole: stop === null,
    exitCode: isWhole
      ? complete || stop === null
        ? exitCodes.complete
        : exitCodes.incomplete
      : exitCodes.resumable,
  };
}

const nothing = {
  read: 0,
  rows: 0,
  vanished: 0,
  excluded: 0,
  files: 0,
  directories: 0,
  symlinks: 0,
  other: 0,
  bytes: 0n,
  states: {},
  clampedTimes: 0,
};
