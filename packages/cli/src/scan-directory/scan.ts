import { escapeText, type PipelineProgress, PwalkError } from '@pwalk/core';
import { reasonOf } from '@pwalk/core/io';
import { requireNativeWalker } from '@pwalk/native-walker';
import { expectedEntries } from '../expected-entries.js';
import { MOST_EXAMPLES, type ReportSummary } from '../report.js';
import { planReport, type ReportOptions, type ReportPlan } from '../report-options.js';
import { reportProgress } from '../report-progress.js';
import { StopRequest } from '../stop-request.js';
import type { CheckpointPlan } from './checkpoint-options.js';
import { resumeRefused } from './failures.js';
import { keepFilters } from './kept-filters.js';
import { ScanDirectory } from './scan-directory.js';
import { hasTotals, ScanRun } from './scan-run.js';
import { defined, firstState, requestOf } from './scan-settings.js';
import type { ScanState } from './scan-state.js';
import { summaryOf, summaryOfFile } from './scan-summary.js';
import {
  checkWritable,
  directoryOf,
  fileOf,
  isSingleFile,
  stateOf,
  wholeFile,
} from './single-file.js';

/** How a scan is gone on with. What is walked, and what is written, was said when it began. */
export interface ResumeOptions
  extends Pick<
    ReportOptions,
    | 'threads'
    | 'memory'
    | 'overflow'
    | 'spillDir'
    | 'spillLimit'
    | 'timeLimit'
    | 'stop'
    | 'signal'
    | 'onWarning'
    | 'onProgress'
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
  const output = plan.outputs[0]?.path ?? '';
  const filters = await keepFilters(plan.filters);
  if (isSingleFile(output)) await checkWritable(output);
  for (const table of [plan.errors, plan.directories, plan.hardLinks]) {
    if (table !== undefined) await checkWritable(table);
  }
  const { directory, state } = await ScanDirectory.create(
    isSingleFile(output) ? stateOf(output) : output,
    (made) => firstState(plan, checkpoint, filters, made),
    (message) => plan.onWarning?.(message),
  );
  try {
    return await run(directory, state, plan, checkpoint, { isResumed: false, shown: output });
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
export async function resume(given: string, options: ResumeOptions = {}): Promise<ReportSummary> {
  requireNativeWalker();
  const { interval, sameFileSystems = false, changeDirectory = false, ...others } = options;
  const path = await directoryOf(given);
  const reached = await ScanDirectory.look(path);
  if (reached === null) {
    const whole = await wholeFile(given);
    if (whole !== null) return summaryOfFile(whole);
  }
  const isSingle = reached?.state.scan.settings.singleFile === true;
  const shown = isSingle && !isSingleFile(given) ? fileOf(path) : given;
  if (reached?.isWhole === true && !isSingle) {
    return summaryOf({ state: reached.state, isWhole: true }, shown, null);
  }
  const { directory, state } = await ScanDirectory.open(path, (message) =>
    options.onWarning?.(message),
  );
  try {
    if (state.published !== null) {
      await clear(directory, shown, options.onWarning);
      return await summaryOf({ state, isWhole: true }, shown, null);
    }
    const request = await requestOf(state.scan, directory.path);
    if (request.roots.some((root) => root[0] !== SLASH)) enter(state, path, changeDirectory);
    const plan = await planReport(request.roots, { ...request.options, ...defined(others) });
    const { checkpoint } = plan;
    if (checkpoint === undefined)
      throw resumeRefused(path, 'The scan says nothing of checkpoints.');
    return await run(
      directory,
      state,
      plan,
      { ...checkpoint, ...(interval === undefined ? {} : { interval }) },
      { isResumed: true, sameFileSystems, shown },
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
  how: { isResumed: boolean; sameFileSystems?: boolean; shown: string },
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
  const show = (progress: PipelineProgress, errors: number) => {
    const seconds = (performance.now() - started) / 1000;
    onProgress?.(reportProgress(progress, { errors, seconds, expected, before: rowsBefore }));
  };
  try {
    if (plan.errors !== undefined) await directory.makeTable('errors');
    if (hasTotals(plan)) await directory.makeTable('totals');
    const scanRun = new ScanRun(directory, state, plan, checkpoint, {
      stop: stop.signal,
      isResumed: how.isResumed,
      sameFileSystems: how.sameFileSystems ?? false,
      mostExamples: MOST_EXAMPLES,
      onProgress: onProgress === undefined ? undefined : show,
    });
    const ended = await scanRun.toEnd();
    if (ended.state.published !== null) await clear(directory, how.shown, plan.onWarning);
    return await summaryOf(ended, how.shown, stop, plan.errors, scanRun.threads);
  } finally {
    stop.end();
  }
}

/** Removes what is left of a scan whose file is there. */
async function clear(
  directory: ScanDirectory,
  file: string,
  onWarning: ((message: string) => void) | undefined,
): Promise<void> {
  await directory.discard().catch((error) => {
    onWarning?.(
      `"${escapeText(file)}" is whole, and what kept its state, "${escapeText(directory.path)}", cannot be removed: ${reasonOf(error)}; remove it.`,
    );
  });
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
