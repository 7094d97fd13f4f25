import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type Capabilities,
  type EntryBatch,
  type Hook,
  type Kind,
  type Kinds,
  type PipelineResult,
  type PipelineSpec,
  PwalkError,
  runPipeline,
  type Stage,
} from '@pwalk/core';
import { givenBatches } from '../doubles/given-batches.js';
import { Recording, recordingSink } from '../doubles/recording-sink.js';
import { sampleBatches, treeBatches } from '../doubles/sample-batches.js';

/** What is tested, and what the kit cannot know. */
export interface Subject {
  /**
   * Makes the stage under test. Called for each test, with a directory of its own: a sink writes into
   * it, and a source or an action finds a small tree there to read or to act on.
   */
  readonly stage: (directory: string) => Stage;
  /**
   * What a sink made, so that two runs can be compared; may be a promise.
   * @default names and sizes of its files
   */
  readonly read?: (directory: string) => unknown;
  /** What a filter, sink or action is given. @default made-up entries with every column */
  readonly batches?: (directory: string) => readonly EntryBatch[];
  /** Options that the plugin has to refuse. */
  readonly invalidOptions?: readonly unknown[];
  /** Seconds until a hook counts as hanging. @default 30 */
  readonly patience?: number;
}

/** What a run may be given besides the stage. */
export interface RunOptions {
  readonly stage?: Stage;
  readonly batches?: readonly EntryBatch[];
  /** Sinks before and after the stage; stages are closed in reverse order. */
  readonly before?: readonly Stage<'sink'>[];
  readonly after?: readonly Stage<'sink'>[];
  readonly overwrite?: boolean;
  readonly onPull?: (index: number) => void;
  readonly signal?: AbortSignal;
  readonly credit?: number;
  readonly dryRun?: boolean;
}

/** What came of a run. */
export interface Run {
  readonly result: PipelineResult | null;
  readonly error: PwalkError | null;
  /** Warnings, with the plugins that gave them. */
  readonly warnings: readonly { readonly plugin: string; readonly message: string }[];
  /** What came out behind a source or filter. */
  readonly recording: Recording;
}

const limits: readonly Hook[] = [
  'create',
  'open',
  'read',
  'map',
  'write',
  'plan',
  'finish',
  'journal',
  'apply',
  'flush',
  'close',
];

/** One test of one stage, in a directory that is removed afterwards. */
export class Trial {
  readonly directory: string;
  readonly stage: Stage;
  readonly subject: Subject;
  readonly patience: number;

  constructor(subject: Subject) {
    this.subject = subject;
    this.patience = subject.patience ?? 30;
    this.directory = mkdtempSync(join(tmpdir(), 'pwalk-conformance-'));
    this.stage = subject.stage(this.directory);
    this.reset();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Empties the directory; for sources and actions, grows the tree anew. */
  reset(): void {
    for (const name of readdirSync(this.directory))
      rmSync(join(this.directory, name), { recursive: true, force: true });
    if (this.stage.kind !== 'source' && this.stage.kind !== 'action') return;
    mkdirSync(join(this.directory, 'one', 'two'), { recursive: true });
    writeFileSync(join(this.directory, 'one', 'file'), 'content', { mode: 0o600 });
    writeFileSync(join(this.directory, 'one', 'two', 'empty'), '', { mode: 0o644 });
  }

  /** The options as the plugin's schema makes them. @throws Error when they do not fit */
  async options(): Promise<unknown> {
    const result = await this.stage.plugin.options['~standard'].validate(this.stage.options);
    if (result.issues === undefined) return result.value;
    throw new Error(
      `its own options do not fit: ${result.issues.map((i) => i.message).join('; ')}`,
    );
  }

  async capabilities(): Promise<Capabilities> {
    return this.stage.plugin.capabilities(await this.options());
  }

  /** What the stage is given, with every column it may ask for. */
  batches(): readonly EntryBatch[] {
    const { batches } = this.subject;
    if (batches !== undefined) return batches(this.directory);
    return this.stage.kind === 'action' ? treeBatches(this.directory) : sampleBatches();
  }

  /** The stage's instance, for tests that call it without the engine. */
  async create<K extends Kind>(kind: K): Promise<Kinds[K]> {
    const stage = this.stage;
    if (!isOfKind(stage, kind)) throw new Error(`the stage is a ${stage.kind}, not a ${kind}`);
    return await stage.plugin.create(await this.options());
  }

  /** Runs a pipeline with the stage in it. */
  async run(options: RunOptions = {}): Promise<Run> {
    const recording = new Recording();
    const warnings: { plugin: string; message: string }[] = [];
    const spec = await this.#spec(options, recording);
    const outcome = await runPipeline({
      ...spec,
      onWarning: (message, plugin) => warnings.push({ plugin, message }),
    }).then(
      (result) => ({ result, error: null }),
      (reason: unknown) => ({ result: null, error: PwalkError.from(reason, 'kit', 'run') }),
    );
    return { ...outcome, warnings, recording };
  }

  /** The same, and it has to end well. */
  async runWell(options: RunOptions = {}): Promise<Run & { readonly result: PipelineResult }> {
    const run = await this.run(options);
    if (run.result === null) throw run.error ?? new Error('the run ended without a result');
    return { ...run, result: run.result };
  }

  /** What a run made, to be compared with another: rows behind a filter or source, what a sink wrote. */
  async made(run: Run): Promise<unknown> {
    if (this.stage.kind === 'source' || this.stage.kind === 'filter') return run.recording.rows;
    if (this.subject.read !== undefined) return await this.subject.read(this.directory);
    return {
      files: this.files().map((name) => [name, statSync(join(this.directory, name)).size]),
      rows: run.result?.outputs.map(({ rows }) => rows),
      effects: run.result?.effects,
    };
  }

  /** Paths of everything in the directory, relative to it. */
  files(): string[] {
    return readdirSync(this.directory, { recursive: true, encoding: 'utf8' }).sort();
  }

  /** An error for `close` when a test has seen enough. */
  stopped(): PwalkError {
    return new PwalkError('PWALK_CANCELLED', 'The test has seen enough.');
  }

  nothingRecorded(): Recording {
    return new Recording();
  }

  /** @throws Error when it takes longer than the kit's patience */
  async within<T>(what: string, promise: Promise<T>): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(this.patience * 1000, undefined, { signal: late.signal }).then(
      () => {
        throw new Error(`${what} took longer than ${this.patience} s`);
      },
      () => promise,
    );
    try {
      return await Promise.race([promise, timer]);
    } finally {
      late.abort();
    }
  }

  async #spec(options: RunOptions, recording: Recording): Promise<PipelineSpec> {
    const stage = options.stage ?? this.stage;
    const { before = [], after = [] } = options;
    const given = givenBatches({
      batches: options.batches ?? this.batches(),
      overwrite: options.overwrite,
      onPull: options.onPull,
    });
    const recorder = recordingSink(recording);
    const common = {
      allow: (await this.capabilities()).effects ?? [],
      timeouts: Object.fromEntries(limits.map((hook) => [hook, this.patience])),
      scan: { id: scanId(), startedAt: new Date(0), roots: [this.directory] },
      dryRun: options.dryRun ?? false,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.credit === undefined ? {} : { credit: options.credit }),
    };
    if (isOfKind(stage, 'source'))
      return { ...common, source: stage, sinks: [...before, recorder, ...after] };
    if (isOfKind(stage, 'filter'))
      return { ...common, source: given, filters: [stage], sinks: [...before, recorder, ...after] };
    if (isOfKind(stage, 'sink'))
      return { ...common, source: given, sinks: [...before, stage, ...after] };
    if (isOfKind(stage, 'action'))
      return { ...common, source: given, sinks: [...before, ...after], actions: [stage] };
    throw new Error(`"${stage.kind}" is no kind of plugin`);
  }
}

let scans = 0;

/** Unique, and of the same length each time, so that it changes no file's size. */
function scanId(): string {
  return `${String(++scans).padStart(8, '0')}-conformance`;
}

function isOfKind<K extends Kind>(stage: Stage, kind: K): stage is Stage<K> {
  return stage.kind === kind;
}
