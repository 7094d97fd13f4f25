import { type Accounting, isComplete } from '../accounting/accounting.js';
import type { EntryBatch } from '../batch/entry-batch.js';
import { PwalkError } from '../errors/pwalk-error.js';
import type { FileIdentity } from '../io/file-identity.js';
import { keepYoungGenerationSmall } from '../memory/young-generation.js';
import { BatchOverflow, checkOverflow } from '../overflow/batch-overflow.js';
import type { ScanFacts, SinkContext, SourceContext, StageContext } from '../plugin/context.js';
import type { Success } from '../plugin/outcome.js';
import type { SourceProgress, SourceThreads } from '../plugin/source.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import { escapeMessage } from '../text/escape.js';
import { applyFilter, mapThrough } from './apply-filter.js';
import { checkAccounting, checkDelivery } from './check-accounting.js';
import { checkBatch } from './check-batch.js';
import { type CheckedPipeline, checkPipeline } from './check-pipeline.js';
import { checkCredit, DEFAULT_CREDIT, throughCreditGate } from './credit-gate.js';
import { type Branch, fanOut } from './fan-out.js';
import { behind, createSink, type LiveSink, stagesOf } from './filtered-sink.js';
import { callHook, createStage, type LiveStage, OpenStages, told } from './open-stage.js';
import type { PipelineResult, PipelineSpec } from './pipeline-spec.js';
import { startProgress } from './progress-timer.js';
import { actionSummary, type EffectCounts, runAction } from './run-actions.js';
import { cancelled, DEFAULT_MEMORY, scanFacts } from './run-facts.js';
import { tap } from './rx.js';
import { checkSchema, declaredSchema } from './stage-schema.js';
import { stamped } from './stamped.js';

/**
 * Runs a pipeline to its end.
 *
 * ```text
 * source ─► overflow ─► credit gate ─► filter* ─► fan-out ─► sink*     write
 *                                                      └────► action*   plan … after the walk: journal, apply
 * ```
 *
 * Order of calls: everything is checked; every stage is created; source, filters, sinks and actions
 * are opened; the source is read; actions are applied; sinks are flushed; every stage is closed in
 * reverse order. What was opened is closed exactly once, whatever happens.
 *
 * @throws PwalkError; its `code` is one of `docs/reference/errors.md`
 */
export async function runPipeline(spec: PipelineSpec): Promise<PipelineResult> {
  checkCredit(spec.credit);
  checkOverflow(spec);
  const checked = await checkPipeline(spec);
  return new Run(spec, checked).toEnd();
}

class Run {
  readonly #spec: PipelineSpec;
  readonly #checked: CheckedPipeline;
  readonly #started = performance.now();
  readonly #scan: ScanFacts;
  readonly #abort = new AbortController();
  readonly #stages = new OpenStages();
  readonly #ownFiles: FileIdentity[] = [];
  #rows = 0;
  /** Of those, what filters and sinks were given: the rest was on its way when a filter had enough. */
  #handedOn = 0;
  #matched = 0;
  #skippedBatches = 0;
  /** The end of a source whose stream was left early; null where it came to its end. */
  #returning: Promise<unknown> | null = null;
  /** Null when the source waits for sinks that are slower. */
  #overflow: BatchOverflow | null = null;
  /** The latest `map` of each filter: none is under way when stages are closed. */
  readonly #mapping = new Map<string, Promise<unknown>>();

  constructor(spec: PipelineSpec, checked: CheckedPipeline) {
    this.#spec = spec;
    this.#checked = checked;
    this.#scan = scanFacts(spec.scan);
  }

  async toEnd(): Promise<PipelineResult> {
    const cancel = () => this.#abort.abort(cancelled(this.#spec.signal?.reason));
    this.#spec.signal?.addEventListener('abort', cancel, { once: true });
    const letItGrow = keepYoungGenerationSmall(this.#memory);
    try {
      if (this.#spec.signal?.aborted) cancel();
      return await this.#live();
    } finally {
      letItGrow();
      await this.#overflow?.close();
      this.#spec.signal?.removeEventListener('abort', cancel);
    }
  }

  async #live(): Promise<PipelineResult> {
    const sinks: LiveSink[] = [];
    try {
      const { accounting, threads, isPartial, spilledBytes, changes } = await this.#walk(sinks);
      this.#abort.signal.throwIfAborted();
      const complete =
        (accounting === null || isComplete(accounting)) && this.#skippedBatches === 0 && !isPartial;
      const outcome: Success = {
        ok: true,
        accounting,
        complete,
        isPartial,
        finishedAt: new Date(),
      };
      await Promise.all(sinks.map(({ sink }) => this.#flush(sink, outcome)));
      this.#abort.signal.throwIfAborted();
      const failures = await this.#stages.close(outcome);
      const [failure] = failures;
      if (failure !== undefined)
        throw this.#abort.signal.aborted ? this.#abort.signal.reason : failure;
      const actions = changes.map(([action, counts]) =>
        actionSummary(action, counts, this.#spec.dryRun ?? false),
      );
      return {
        scan: this.#scan,
        accounting,
        threads,
        rows: this.#rows,
        matched: this.#matched,
        complete: complete && actions.every(({ state }) => state === 'complete'),
        skippedBatches: this.#skippedBatches,
        outputs: sinks.flatMap(
          ({ sink }) => told(sink, 'outputs', () => sink.instance.outputs?.()) ?? [],
        ),
        effects: {
          planned: actions.reduce((sum, { planned }) => sum + planned, 0),
          applied: actions.reduce((sum, { applied }) => sum + applied, 0),
        },
        actions,
        spilledBytes,
        overflow: this.#overflow?.spooled ?? null,
        seconds: (performance.now() - this.#started) / 1000,
      };
    } catch (error) {
      const failure = PwalkError.from(error, 'pipeline', 'run');
      this.#abort.abort(failure);
      await this.#returning;
      await this.#overflow?.close();
      await Promise.allSettled(this.#mapping.values());
      for (const late of await this.#stages.close({ ok: false, error: failure })) {
        this.#spec.onWarning?.(late.message, late.plugin ?? 'pipeline');
      }
      throw failure;
    }
  }

  /** Never rejects: a sink that fails tells the others to give up, and is waited for like them. */
  async #flush(sink: LiveStage<'sink'>, outcome: Success): Promise<void> {
    try {
      await callHook(sink, 'flush', () => sink.instance.flush?.(outcome, this.#sinkContext(sink)));
    } catch (error) {
      this.#abort.abort(error);
    }
  }

  /** Opens every stage, reads the source to its end, runs the actions. */
  async #walk(sinks: LiveSink[]): Promise<{
    accounting: Accounting | null;
    threads: SourceThreads | null;
    isPartial: boolean;
    spilledBytes: number;
    changes: [LiveStage<'action'>, EffectCounts][];
  }> {
    this.#abort.signal.throwIfAborted();
    this.#overflow = await BatchOverflow.open(this.#spec, (message) =>
      this.#spec.onWarning?.(message, 'pipeline'),
    );
    const source = await createStage(this.#checked.source);
    const filters = await Promise.all(this.#checked.filters.map(createStage<'filter'>));
    sinks.push(...(await Promise.all(this.#checked.sinks.map(createSink))));
    const actions = await Promise.all(this.#checked.actions.map(createStage<'action'>));

    const sourceContext: SourceContext = {
      ...this.#context(source),
      columns: this.#checked.columns,
      reusesMemory: [...filters, ...sinks.flatMap(stagesOf), ...actions].every(
        ({ capabilities }) => capabilities.releases === true,
      ),
      ownFiles: this.#ownFiles,
    };
    const scanned = await this.#stages.open(source, () => source.instance.open(sourceContext));
    checkSchema(source, scanned);
    const schema = await this.#openFilters(filters, scanned);
    const branches: Branch[] = [];
    for (const { sink, filters: own } of sinks) {
      const seen = declaredSchema(sink, await this.#openFilters(own, schema));
      const ctx = this.#sinkContext(sink);
      await this.#stages.open(sink, () => sink.instance.open?.(seen, ctx));
      const write: Branch = (batch) =>
        callHook(sink, 'write', () => sink.instance.write(batch.narrowedTo(seen), ctx));
      branches.push(behind(own.map(this.#mapThrough), write));
    }
    for (const action of actions) {
      const seen = declaredSchema(action, schema);
      const ctx = this.#context(action);
      await this.#stages.open(action, () => action.instance.open?.(seen, ctx));
      branches.push((batch) =>
        callHook(action, 'plan', () => action.instance.plan(batch.narrowedTo(seen), ctx)),
      );
    }
    this.#abort.signal.throwIfAborted();
    const { onProgress } = this.#spec;
    const show = (progress: SourceProgress) =>
      onProgress?.({ ...progress, overflowBytes: this.#overflow?.size ?? 0 });
    const endProgress = startProgress(source.instance, onProgress && show, (error) =>
      this.#abort.abort(PwalkError.from(error, 'pipeline', 'progress')),
    );
    const stream = this.#stream(source, scanned, filters, branches, sourceContext);
    const wasLeftEarly = await stream.finally(endProgress);
    this.#abort.signal.throwIfAborted();

    // One that was left in the middle has counted what it did not get to hand over: its account says nothing.
    const accounting = wasLeftEarly
      ? null
      : (told(source, 'accounting', () => source.instance.accounting?.()) ?? null);
    if (accounting !== null) checkAccounting(accounting, this.#rows);
    const threads = told(source, 'threads', () => source.instance.threads?.()) ?? null;
    const isPartial =
      wasLeftEarly || (told(source, 'isPartial', () => source.instance.isPartial?.()) ?? false);
    const spilledBytes = told(source, 'spilledBytes', () => source.instance.spilledBytes?.()) ?? 0;
    const changes: [LiveStage<'action'>, EffectCounts][] = [];
    for (const action of actions) {
      const counts = await runAction(action, this.#context(action), {
        dryRun: this.#spec.dryRun ?? false,
        signal: this.#abort.signal,
        onEffect: this.#spec.onEffect,
      });
      changes.push([action, counts]);
    }
    return { accounting, threads, isPartial, spilledBytes, changes };
  }

  /** Opens filters that follow each other; returns the schema of what comes out of the last. */
  async #openFilters(
    filters: readonly LiveStage<'filter'>[],
    arriving: EntrySchema,
  ): Promise<EntrySchema> {
    let schema = arriving;
    for (const filter of filters) {
      const seen = schema;
      declaredSchema(filter, seen);
      await this.#stages.open(filter, () => filter.instance.open?.(seen, this.#context(filter)));
      schema = schema.with(filter.capabilities.adds ?? []);
    }
    return schema;
  }

  readonly #mapThrough = (filter: LiveStage<'filter'>) =>
    mapThrough(filter, this.#context(filter), (work) => this.#mapping.set(filter.id, work));

  /**
   * The stream itself; resolves when every branch has taken the last batch, and the source has ended.
   * @returns whether a filter had enough before the source came to its end
   */
  async #stream(
    source: LiveStage<'source'>,
    schema: EntrySchema,
    filters: readonly LiveStage<'filter'>[],
    branches: readonly Branch[],
    ctx: SourceContext,
  ): Promise<boolean> {
    const read = async function* (run: Run): AsyncIterable<EntryBatch> {
      const batches = await callHook(source, 'read', () => source.instance.read(ctx));
      for await (const batch of stamped(source, 'read', batches)) {
        checkBatch(source, 'read', batch);
        run.#rows += batch.length;
        yield batch;
      }
    };
    const tell = (hook: string, body: () => void) => {
      try {
        told(source, hook, body);
      } catch (error) {
        this.#abort.abort(error);
      }
    };
    const overflow = this.#overflow;
    const batches =
      overflow?.through(read(this), schema, ctx.reusesMemory, (batch) =>
        tell('release', () => source.instance.release?.(batch)),
      ) ?? read(this);
    const gated = throughCreditGate(batches, {
      credit: this.#spec.credit ?? DEFAULT_CREDIT,
      acknowledge: (batch, status) => {
        overflow?.release(batch);
        tell('acknowledge', () => source.instance.acknowledge?.(batch, status));
      },
      returning: (done) => {
        this.#returning = done;
      },
    });
    const arriving = gated.pipe(
      tap((batch) => {
        this.#handedOn += batch.length;
      }),
    );
    const filtered = filters.reduce(
      (stream, filter) =>
        stream.pipe(
          applyFilter(filter, this.#context(filter), (work) => {
            this.#mapping.set(filter.id, work);
          }),
        ),
      arriving,
    );
    const counted = filtered.pipe(
      tap((batch) => {
        this.#matched += batch.length;
      }),
    );
    await fanOut(counted, branches, {
      onError: this.#spec.onError ?? 'abort',
      onSkip: (error) => {
        this.#skippedBatches++;
        const failure = PwalkError.from(error, 'pipeline', 'write');
        this.#spec.onWarning?.(failure.message, failure.plugin ?? 'pipeline');
      },
      onFail: (error) => this.#abort.abort(PwalkError.from(error, 'pipeline', 'run')),
      signal: this.#abort.signal,
    });
    if (this.#returning !== null) {
      await this.#returning;
      return true;
    }
    checkDelivery(this.#rows, this.#handedOn, overflow?.size ?? 0);
    return false;
  }

  #sinkContext(sink: LiveStage<'sink'>): SinkContext {
    return { ...this.#context(sink), registerOwnFile: (file) => this.#ownFiles.push(file) };
  }

  get #memory(): number {
    return this.#spec.memory ?? DEFAULT_MEMORY;
  }

  #context({ id, stage }: LiveStage): StageContext {
    return {
      stage: id,
      scan: this.#scan,
      signal: this.#abort.signal,
      dryRun: this.#spec.dryRun ?? false,
      memory: this.#memory,
      warn: (message) => this.#spec.onWarning?.(escapeMessage(message), stage.name),
    };
  }
}
