import {
  type Accounting,
  ENTRY_SCHEMA_VERSION,
  escapeText,
  isComplete,
  PwalkError,
  runPipeline,
  type SourceProgress,
} from '@pwalk/core';
import { describeRemaining, WalkPart } from '@pwalk/native-walker';
import { type FailedEntry, FailureLog } from '../failed-entries.js';
import { MatchCount } from '../match-count.js';
import type { ReportPlan } from '../report-options.js';
import { reportPipeline } from '../report-pipeline.js';
import { addAccounting } from './add-accounting.js';
import type { CheckpointPlan } from './checkpoint-options.js';
import { PartCutter } from './part-cutter.js';
import { partMeter } from './part-meter.js';
import type { ScanDirectory } from './scan-directory.js';
import type { ScanState } from './scan-state.js';

/** What is asked of one run of a scan. */
export interface ScanRunOptions {
  /** Aborts when the run is to stop in an orderly way: what is left is committed. */
  readonly stop: AbortSignal;
  /** The run goes on with a scan of another process. */
  readonly isResumed: boolean;
  readonly sameFileSystems: boolean;
  readonly mostExamples: number;
  /** @param failures of the entries that could not be read, so far */
  readonly onProgress: ((progress: SourceProgress, failures: number) => void) | undefined;
}

/**
 * Walks a scan part by part until it is whole or the run is stopped. A part is a pipeline of its own that
 * ends early: what it left is where the next begins. Between two parts everything is on disk.
 *
 * ```text
 * frontier ─► walk … stop ─► part published ─► log committed ─► frontier of the next
 * ```
 */
export class ScanRun {
  readonly #directory: ScanDirectory;
  readonly #plan: ReportPlan;
  readonly #options: ScanRunOptions;
  readonly #cutter: PartCutter;
  readonly #started = performance.now();
  readonly #secondsBefore: number;
  readonly #firstGeneration: number;
  #state: ScanState;

  constructor(
    directory: ScanDirectory,
    state: ScanState,
    plan: ReportPlan,
    checkpoint: CheckpointPlan,
    options: ScanRunOptions,
  ) {
    this.#directory = directory;
    this.#state = state;
    this.#plan = plan;
    this.#options = options;
    this.#secondsBefore = state.seconds;
    this.#firstGeneration = state.generation;
    this.#cutter = new PartCutter({
      interval: checkpoint.interval * 1000,
      partSize: checkpoint.partSize,
    });
  }

  /** @returns the last commit @throws PwalkError; what is committed by then is kept */
  async toEnd(): Promise<ScanState> {
    try {
      while (this.#state.directoriesLeft !== 0 && !this.#options.stop.aborted) await this.#part();
      if (this.#state.directoriesLeft === 0) await this.#publishManifest();
      return this.#state;
    } catch (error) {
      throw this.#state.parts.length > 0 ? withRemedy(error, this.#directory.path) : error;
    }
  }

  async #part(): Promise<void> {
    const { frontier, roots, parts, errorExamples, generation } = this.#state;
    const { stop, isResumed, sameFileSystems, mostExamples, onProgress } = this.#options;
    const part = new WalkPart({
      ...(frontier === null ? {} : { from: { frontier, roots } }),
      resumable: true,
      rows: this.#cutter.rows,
      retryDegraded: isResumed && generation === this.#firstGeneration,
      sameFileSystems,
    });
    const name = this.#directory.nextPart(parts);
    const failures = new FailureLog(mostExamples);
    failures.examples.push(...errorExamples);
    const spec = await this.#pipeline(name, part, failures);
    const end = () => part.stop();
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    const rowsBefore = this.#state.accounting?.rows ?? 0;
    const { accounting, outputs } = await runPipeline({
      ...spec,
      onWarning: (message) => this.#plan.onWarning?.(message),
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (progress: SourceProgress) =>
              onProgress({ ...progress, rows: rowsBefore + progress.rows }, failures.count),
          }),
    }).finally(() => {
      this.#cutter.end();
      stop.removeEventListener('abort', end);
    });
    if (accounting === null) throw noAccount();
    const rows = accounting.rows;
    const bytes = outputs[0]?.bytes ?? 0;
    this.#cutter.learn(rows, bytes);
    await this.#commit(part, { name, rows, bytes }, accounting, failures.examples);
  }

  async #pipeline(name: string, part: WalkPart, failures: FailureLog) {
    const { scan } = this.#state;
    const [output] = this.#plan.outputs;
    if (output === undefined) throw noAccount();
    const plan = { ...this.#plan, outputs: [{ ...output, path: this.#directory.partPath(name) }] };
    const spec = await reportPipeline(plan, failures, new MatchCount(), part);
    return {
      ...spec,
      sinks: [
        ...(spec.sinks ?? []),
        partMeter({
          own: this.#directory.identity,
          onBegin: () => this.#cutter.begin(() => part.stop()),
          onRows: (rows) => this.#cutter.count(rows),
        }),
      ],
      scan: { ...spec.scan, id: scan.id, startedAt: new Date(scan.startedAt), host: scan.host },
    };
  }

  async #commit(
    part: WalkPart,
    file: ScanState['parts'][number],
    accounting: Accounting,
    errorExamples: readonly FailedEntry[],
  ): Promise<void> {
    const { remaining } = part;
    // A part that was stopped before it had a row is none.
    const isEmpty = file.rows === 0;
    if (isEmpty) await this.#directory.drop(file.name);
    const before = this.#state;
    const after: ScanState = {
      ...before,
      generation: before.generation + 1,
      roots: before.roots.length > 0 ? before.roots : part.roots,
      parts: isEmpty ? before.parts : [...before.parts, file],
      accounting: addAccounting(before.accounting, accounting),
      errorExamples,
      seconds: this.#secondsBefore + (performance.now() - this.#started) / 1000,
      directoriesLeft: remaining === null ? 0 : describeRemaining(remaining.frontier).directories,
      frontier: remaining?.frontier ?? null,
    };
    await this.#directory.commit(after);
    this.#state = after;
  }

  async #publishManifest(): Promise<void> {
    const { scan, parts, accounting, seconds } = this.#state;
    const { settings, ...head } = scan;
    await this.#directory.publishManifest({
      version: 1,
      schemaVersion: ENTRY_SCHEMA_VERSION,
      complete: accounting !== null && isComplete(accounting),
      scan: head,
      finishedAt: new Date().toISOString(),
      seconds: Number(seconds.toFixed(3)),
      counts: accounting,
      rows: parts.reduce((sum, { rows }) => sum + rows, 0),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      parts: parts.map(({ name, ...part }) => ({ path: `parts/${name}`, ...part })),
      settings,
    });
  }
}

function noAccount(): PwalkError {
  return new PwalkError(
    'PWALK_ACCOUNTING_BROKEN',
    'The walker kept no account of its walk; please report this.',
  );
}

/** What can be done after a run that failed in the middle of a scan. */
function withRemedy(error: unknown, path: string): unknown {
  if (!(error instanceof PwalkError) || error.code === 'PWALK_RESUME_REFUSED') return error;
  return new PwalkError(
    error.code,
    `${error.message} What was committed is kept: go on with "pwalk resume ${escapeText(path)}".`,
    { cause: error, ...(error.path === undefined ? {} : { path: error.path }) },
  );
}
