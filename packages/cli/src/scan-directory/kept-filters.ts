import { isDeepStrictEqual } from 'node:util';
import { escapeText, PwalkError, pluginOf, type Stage, stageOf } from '@pwalk/core';
import { resumeRefused } from './failures.js';

/** A filter as a scan directory keeps it. */
export interface KeptFilter {
  readonly name: string;
  /** As they were given. */
  readonly options?: unknown;
}

/**
 * Filters as they can be written down: those of `@pwalk/filters`, with options that are data.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` for others: a later run could not make them again
 */
export async function keepFilters(stages: readonly Stage<'filter'>[]): Promise<KeptFilter[]> {
  if (stages.length === 0) return [];
  const known = await builtIn();
  return stages.map(({ name, plugin, options }) => {
    const kept: KeptFilter = { name, ...(options === undefined ? {} : { options }) };
    if (known.get(name) === plugin && isDeepStrictEqual(JSON.parse(JSON.stringify(kept)), kept)) {
      return kept;
    }
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `The filter "${escapeText(name)}" cannot be kept with a checkpointed scan: filters of pwalk can, with options that are text and numbers; filter when you query it.`,
    );
  });
}

/** @throws PwalkError `PWALK_RESUME_REFUSED` when one is not known, as of another version */
export async function keptFilters(
  kept: readonly KeptFilter[],
  directory: string,
): Promise<Stage<'filter'>[]> {
  if (kept.length === 0) return [];
  const known = await builtIn();
  return kept.map(({ name, options }) => {
    const plugin = known.get(name);
    if (plugin !== undefined) return stageOf(plugin, options);
    throw resumeRefused(
      directory,
      `The scan was begun with the filter "${escapeText(name)}", which this version of pwalk does not have; resume it with that which began it.`,
    );
  });
}

async function builtIn() {
  const found = Object.values(await import('@pwalk/filters')).map(pluginOf);
  return new Map(found.flatMap((plugin) => (isFilter(plugin) ? [[plugin.name, plugin]] : [])));
}

type Plugin = NonNullable<ReturnType<typeof pluginOf>>;

function isFilter(plugin: Plugin | null): plugin is Stage<'filter'>['plugin'] {
  return plugin?.kind === 'filter';
}
