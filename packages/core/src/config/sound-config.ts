import { effects } from '../plugin/capabilities.js';
import type { ConfigFault } from './config-schema.js';
import type { PipelineConfig, PwalkConfig } from './define-config.js';

const lists: ReadonlySet<PropertyKey> = new Set(['filters', 'sinks', 'actions']);

/**
 * A config without what is wrong with its shape, so that what is right can be checked all the same.
 * What takes the place of a fault is such that nothing else is said because of it.
 * @param faults what `configFaults(config)` found
 * @returns null where a fault leaves no pipeline to look at
 */
export function soundConfig(config: unknown, faults: readonly ConfigFault[]): PwalkConfig | null {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return null;
  if (!('pipelines' in config)) {
    return withoutFaults(
      config,
      faults.map(({ path }) => path),
    );
  }
  const { pipelines } = config;
  if (typeof pipelines !== 'object' || pipelines === null) return null;
  const own = faults.filter(({ path }) => path.length > 0);
  const sound: Record<string, PipelineConfig> = {};
  for (const [name, pipeline] of Object.entries(pipelines)) {
    const paths = own.filter(({ path }) => path[1] === name).map(({ path }) => path.slice(2));
    if (typeof pipeline !== 'object' || pipeline === null || Array.isArray(pipeline)) return null;
    sound[name] = withoutFaults(pipeline, paths);
  }
  return { pipelines: sound };
}

/** @param paths of what is wrong, within the pipeline; an empty one is of options that do not exist */
function withoutFaults(
  pipeline: object,
  paths: readonly (readonly PropertyKey[])[],
): PipelineConfig {
  const sound: Record<PropertyKey, unknown> = { ...pipeline };
  for (const [key, index] of paths) {
    if (key === undefined) continue;
    const value = sound[key];
    if (lists.has(key) && typeof index === 'number' && Array.isArray(value)) {
      // A hole, so that the places of the others stay theirs.
      sound[key] = value.with(index, undefined);
    } else {
      sound[key] = substitutes.get(key);
    }
  }
  // A source that is not known may bring roots of its own.
  const needsRoots = paths.some(([key]) => key === 'source') && !('roots' in sound);
  return needsRoots ? { ...sound, roots: ['.'] } : sound;
}

const substitutes: ReadonlyMap<PropertyKey, unknown> = new Map<PropertyKey, unknown>([
  ['roots', ['.']],
  ['allow', effects],
]);
