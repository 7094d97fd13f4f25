import { checkOverflow, type OverflowPlace, overflowPlace } from '../overflow/batch-overflow.js';
import type { Effect } from '../plugin/capabilities.js';
import type { Kind } from '../plugin/plugin.js';
import type { SourceCalls, SourceSpill, SourceThreads } from '../plugin/source.js';
import { fullEntrySchema } from '../schema/entry-schema.js';
import { checkPipeline } from './check-pipeline.js';
import { type CheckedStage, createStage } from './open-stage.js';
import type { PipelineSpec } from './pipeline-spec.js';
import { DEFAULT_MEMORY } from './run-facts.js';

/** What a stage of a pipeline asks for, adds and does. */
export interface ExplainedStage {
  /** Unique in the pipeline, as `parquet#1`. */
  readonly id: string;
  readonly kind: Kind;
  /** `'all'`: the columns a scan has by default, and those that filters add. */
  readonly columns: readonly string[] | 'all';
  readonly adds: readonly string[];
  readonly effects: readonly Effect[];
}

/** A pipeline as it would be run. */
export interface Explanation {
  readonly source: ExplainedStage;
  readonly filters: readonly ExplainedStage[];
  /** Each with the filters of its own. */
  readonly sinks: readonly (ExplainedStage & { readonly filters: readonly ExplainedStage[] })[];
  readonly actions: readonly ExplainedStage[];
  /** What the source is asked for: the union of what the stages declare. */
  readonly columns: readonly string[];
  /** What the source asks of the system for them; null when it cannot tell. */
  readonly calls: SourceCalls | null;
  /** With how many threads it would read; null when it cannot tell. */
  readonly threads: SourceThreads | null;
  /** Bytes the run may use beyond what Node takes. */
  readonly memory: number;
  /** Where the source puts what does not fit into its share of them; null when it puts it nowhere. */
  readonly spill: SourceSpill | null;
  /** Where batches are put that a sink is too slow to take; null when the source waits for it. */
  readonly overflow: OverflowPlace | null;
}

/**
 * Says how a pipeline would be run, and opens nothing of it.
 * @throws PwalkError with everything that is wrong with it
 */
export async function explainPipeline(spec: PipelineSpec): Promise<Explanation> {
  checkOverflow(spec);
  const { source, filters, sinks, actions, columns } = await checkPipeline(spec);
  const { instance } = await createStage(source);
  const memory = spec.memory ?? DEFAULT_MEMORY;
  const own = [...columns].filter((name) => !fullEntrySchema.has(name));
  return {
    source: explained(source),
    filters: filters.map(explained),
    sinks: sinks.map(({ sink, filters: before }) => ({
      ...explained(sink),
      filters: before.map(explained),
    })),
    actions: actions.map(explained),
    columns: [...fullEntrySchema.pick(columns).fields.map(({ name }) => name), ...own],
    calls: instance.calls?.(columns) ?? null,
    threads: instance.threads?.() ?? null,
    memory,
    spill: instance.spill?.(memory) ?? null,
    overflow: overflowPlace(spec),
  };
}

function explained({ id, stage, capabilities }: CheckedStage): ExplainedStage {
  return {
    id,
    kind: stage.kind,
    columns: capabilities.columns ?? [],
    adds: (capabilities.adds ?? []).map(({ name }) => name),
    effects: capabilities.effects ?? [],
  };
}
