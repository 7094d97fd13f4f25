import { basename, extname } from 'node:path';
import {
  type Accounting,
  escapeText,
  type Output,
  type PipelineProgress,
  PwalkError,
  runPipeline,
  type SourceThreads,
  type Spooled,
  type Stage,
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
import { publishScan, type ScanEnd } from './publish-scan.js';
import type { PartTable, ScanDirectory } from './scan-directory.js';
import type { Part, ScanState } from './scan-state.js';

/** What is asked of one run of a scan. */
export interface ScanRunOptions {
  /** Aborts when the run is to stop in an orderly way: what is left is committed. */
  readonly stop: AbortSignal;
  /** The run goes on with a scan of another process. */
  readonly isResumed: boolean;
  readonly sameFileSystems: boolean;
  readonly mostExamples: number;
  /** @param failures of the entries that could not be read, so far */
  readonly onProgress: ((progress: PipelineProgress, failures: number) => void) | undefined;
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
  #threads: SourceThreads | null = null;

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

  /** With how many threads this run has walked so far; null when it has not. */
  get threads(): SourceThreads | null {
    return this.#threads;
  }

  /** @throws PwalkError; what is committed by then is kept */
  async toEnd(): Promise<ScanEnd> {
    try {
      while (this.#state.directoriesLeft !== 0 && !this.#options.stop.aborted) await this.#part();
      if (this.#state.directoriesLeft !== 0) return { state: this.#state, isWhole: false };
      return await publishScan(this.#directory, this.#state, this.#plan, this.#options.stop);
    } catch (error) {
      throw this.#state.generation > 0 ? withRemedy(error, this.#directory.path) : error;
    }
  }

  async #part(): Promise<void> {
    const { frontier, roots, errorExamples, generation } = this.#state;
    const { stop, isResumed, sameFileSystems, mostExamples, onProgress } = this.#options;
    const part = new WalkPart({
      ...(frontier === null ? {} : { from: { frontier, roots } }),
      resumable: true,
      rows: this.#cutter.rows,
      retryDegraded: isResumed && generation === this.#firstGeneration,
      sameFileSystems,
    });
    const name = this.#directory.nextPart(this.#state);
    const failures = new FailureLog(mostExamples);
    failures.examples.push(...errorExamples);
    const spec = await this.#pipeline(name, part, failures);
    const end = () => part.stop();
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    const rowsBefore = this.#state.accounting?.rows ?? 0;
    const { accounting, threads, outputs, spilledBytes, overflow } = await runPipeline({
      ...spec,
      onWarning: (message) => this.#plan.onWarning?.(message),
      ...(onProgress === undefined
        ? {}
        : {
            onProgress: (progress: PipelineProgress) =>
              onProgress({ ...progress, rows: rowsBefore + progress.rows }, failures.count),
          }),
    }).finally(() => {
      this.#cutter.end();
      stop.removeEventListener('abort', end);
    });
    if (accounting === null) throw noAccount();
    this.#threads = together(this.#threads, threads);
    const ofTable = (name?: string) => partOf(outputs.find(({ table }) => table === name));
    const entries = ofTable();
    this.#cutter.learn(accounting.rows, entries?.bytes ?? 0);
    const spilled = {
      spilledBytes: this.#state.spilledBytes + spilledBytes,
      overflow: spooledOfBoth(this.#state.overflow, overflow),
    };
    await this.#commit(part, accounting, failures.examples, spilled, {
      parts: entries,
      errors: ofTable('errors'),
      totals: ofTable('totals'),
    });
  }

  async #pipeline(name: string, part: WalkPart, failures: FailureLog) {
    const { scan } = this.#state;
    const [output] = this.#plan.outputs;
    if (output === undefined) throw noAccount();
    const { errors } = this.#plan;
    const plan = {
      ...this.#plan,
      // Of the parts there are totals; the tables are made in the end.
      directories: undefined,
      hardLinks: undefined,
      outputs: [{ ...output, path: this.#directory.partPath('parts', `${name}.parquet`) }],
      ...(errors === undefined
        ? {}
        : {
            errors: this.#directory.partPath('errors', `${name}${extname(errors).toLowerCase()}`),
          }),
    };
    const spec = await reportPipeline(plan, failures, new MatchCount(), part);
    return {
      ...spec,
      sinks: [
        ...(spec.sinks ?? []),
        ...(await this.#totals(name)),
        partMeter({
          own: this.#directory.identity,
          onBegin: () => this.#cutter.begin(() => part.stop()),
          onRows: (rows) => this.#cutter.count(rows),
        }),
      ],
      scan: { ...spec.scan, id: scan.id, startedAt: new Date(scan.startedAt), host: scan.host },
    };
  }

  async #totals(name: string): Promise<Stage<'sink'>[]> {
    if (!hasTotals(this.#plan)) return [];
    const { partTotals } = await import('./part-totals.js');
    return [partTotals({ path: this.#directory.partPath('totals', `${name}.totals`) })];
  }

  async #commit(
    part: WalkPart,
    accounting: Accounting,
    errorExamples: readonly FailedEntry[],
    spilled: Pick<ScanState, 'spilledBytes' | 'overflow'>,
    made: Readonly<Record<PartTable, Part | null>>,
  ): Promise<void> {
    const { remaining } = part;
    const before = this.#state;
    const isLast = remaining === null;
    const after: ScanState = {
      ...before,
      generation: before.generation + 1,
      roots: before.roots.length > 0 ? before.roots : part.roots,
      parts: await this.#kept('parts', made.parts, isLast),
      errors: await this.#kept('errors', made.errors, isLast),
      totals: await this.#kept('totals', made.totals, isLast),
      accounting: addAccounting(before.accounting, accounting),
      errorExamples,
      ...spilled,
      seconds: this.#secondsBefore + (performance.now() - this.#started) / 1000,
      directoriesLeft: remaining === null ? 0 : describeRemaining(remaining.frontier).directories,
      frontier: remaining?.frontier ?? null,
    };
    await this.#directory.commit(after);
    this.#state = after;
  }

  /** Those that are committed, and the new one: where it has no row it is none, unless it would be the only one. */
  async #kept(table: PartTable, made: Part | null, isLast: boolean): Promise<readonly Part[]> {
    const before = this.#state[table];
    if (made === null) return before;
    if (made.rows > 0 || (isLast && before.length === 0)) return [...before, made];
    await this.#directory.drop(table, made.name);
    return before;
  }
}

/** Whether a table of directories is to be made. */
export function hasTotals({ directories, hardLinks }: ReportPlan): boolean {
  return directories !== undefined || hardLinks !== undefined;
}

/** Of two parts one after the other: the most there were, and the latest that was measured. */
function together(before: SourceThreads | null, now: SourceThreads | null): SourceThreads | null {
  if (before === null || now === null) return now ?? before;
  return {
    ...now,
    peak: Math.max(before.peak ?? 0, now.peak ?? 0),
    callMicroseconds: now.callMicroseconds ?? before.callMicroseconds,
    chunk: now.chunk ?? before.chunk,
  };
}

function spooledOfBoth(before: Spooled | null, now: Spooled | null): Spooled | null {
  if (before === null || now === null) return now ?? before;
  return {
    batches: before.batches + now.batches,
    bytes: before.bytes + now.bytes,
    peak: Math.max(before.peak, now.peak),
  };
}

function partOf(output: Output | undefined): Part | null {
  if (output === undefined) return null;
  return { name: basename(output.path), rows: output.rows, bytes: output.bytes ?? 0 };
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
