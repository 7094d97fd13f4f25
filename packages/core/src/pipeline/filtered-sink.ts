import type { EntryBatch } from '../batch/entry-batch.js';
import { PwalkError } from '../errors/pwalk-error.js';
import type { Stage } from '../plugin/plugin.js';
import type { Branch } from './fan-out.js';
import { type CheckedStage, createStage, type LiveStage } from './open-stage.js';

/**
 * A sink that takes what its own filters leave, while the sinks beside it take everything: one walk
 * writes the whole and a choice of it. Its filters are `map` filters, and are asked in its own lane.
 */
export interface FilteredSink {
  readonly filters: readonly Stage<'filter'>[];
  readonly sink: Stage<'sink'>;
}

/** A sink and its own filters, checked. */
export interface CheckedSink {
  readonly filters: readonly CheckedStage<'filter'>[];
  readonly sink: CheckedStage<'sink'>;
}

/** A sink and its own filters, created. */
export interface LiveSink {
  readonly filters: readonly LiveStage<'filter'>[];
  readonly sink: LiveStage<'sink'>;
}

/** True for a sink that was given with filters. */
export function isFiltered(sink: Stage<'sink'> | FilteredSink): sink is FilteredSink {
  return typeof sink === 'object' && sink !== null && 'sink' in sink && Array.isArray(sink.filters);
}

/** All the stages of a branch, in the order in which they see a batch. */
export function stagesOf<F, S>(branch: {
  readonly filters: readonly F[];
  readonly sink: S;
}): readonly (F | S)[] {
  return [...branch.filters, branch.sink];
}

/** A branch that gets what its own filters leave. */
export function behind(
  maps: readonly ((batch: EntryBatch) => Promise<EntryBatch | null>)[],
  branch: Branch,
): Branch {
  if (maps.length === 0) return branch;
  return async (batch) => {
    let left: EntryBatch | null = batch;
    for (const map of maps) {
      left = await map(left);
      if (left === null) return;
    }
    await branch(left);
  };
}

/** Creates the branch's stages. @throws PwalkError `PWALK_PLUGIN_INVALID` for a filter that is an operator */
export async function createSink({ filters, sink }: CheckedSink): Promise<LiveSink> {
  const created = await Promise.all(filters.map(createStage<'filter'>));
  const operator = created.find(({ instance }) => !('map' in instance));
  if (operator !== undefined) {
    const { name } = operator.stage;
    throw new PwalkError(
      'PWALK_PLUGIN_INVALID',
      `Filter "${name}" is an operator of the whole stream (pipe) and cannot stand before one sink; list it among the filters of the pipeline.`,
      { plugin: name, hook: 'create' },
    );
  }
  return { filters: created, sink: await createStage(sink) };
}
