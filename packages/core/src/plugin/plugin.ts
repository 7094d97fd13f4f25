import type { StandardSchemaV1 } from '@standard-schema/spec';
import { PwalkError } from '../errors/pwalk-error.js';
import type { Action } from './action.js';
import type { Capabilities } from './capabilities.js';
import type { Filter } from './filter.js';
import type { MaybePromise } from './outcome.js';
import type { Sink } from './sink.js';
import type { Source } from './source.js';

/** What `create` returns, by kind. */
export interface Kinds {
  source: Source;
  filter: Filter;
  sink: Sink;
  action: Action;
}
export type Kind = keyof Kinds;

/** What a plugin is, as its author writes it. */
export interface PluginSpec<K extends Kind, S extends StandardSchemaV1 = StandardSchemaV1> {
  /** Shown in messages. Packages are named `pwalk-sink-x`, the plugin inside `x`. */
  readonly name: string;
  readonly kind: K;
  /** Semver range of `@pwalk/core` it was written for; refused before anything opens when it does not fit. */
  readonly pwalk: string;
  /** Any Standard Schema (zod, valibot, arktype): checks and completes what the user gives. */
  readonly options: S;
  /** A manifest, or one made from the checked options. */
  readonly capabilities?:
    | Capabilities
    | ((options: StandardSchemaV1.InferOutput<S>) => Capabilities);
  /** Called once per run, before `open`, with checked options. */
  create(options: StandardSchemaV1.InferOutput<S>): MaybePromise<Kinds[K]>;
}

const stageBrand = Symbol.for('pwalk.stage');

/** A plugin with the options of one use of it: what a config lists. */
export interface Stage<K extends Kind = Kind> {
  readonly [stageBrand]: true;
  readonly kind: K;
  readonly name: string;
  /** The plugin, its options' type forgotten: `options` is checked against its schema before use. */
  readonly plugin: AnyPlugin<K>;
  /** As the user gave them; the engine checks them with the plugin's schema. */
  readonly options: unknown;
}

/** A plugin seen from the engine, which learns the type of its options only by validating them. */
export interface AnyPlugin<K extends Kind> {
  readonly name: string;
  readonly kind: K;
  readonly pwalk: string;
  readonly options: StandardSchemaV1;
  capabilities(options: unknown): Capabilities;
  create(options: unknown): MaybePromise<Kinds[K]>;
}

/** Makes a stage; options may be left out where the schema accepts undefined or an empty object. */
export interface PluginFactory<K extends Kind, S extends StandardSchemaV1> {
  (
    ...args: undefined extends StandardSchemaV1.InferInput<S>
      ? [options?: StandardSchemaV1.InferInput<S>]
      : Record<never, never> extends StandardSchemaV1.InferInput<S>
        ? [options?: StandardSchemaV1.InferInput<S>]
        : [options: StandardSchemaV1.InferInput<S>]
  ): Stage<K>;
  /** What it makes stages of. */
  readonly plugin: AnyPlugin<K>;
}

/**
 * Turns a plugin's description into the function users call in their config.
 *
 * ```js
 * export const count = definePlugin({
 *   name: 'count', kind: 'sink', pwalk: '^0.1.0', options: z.object({}),
 *   create: () => { let rows = 0; return { write(batch) { rows += batch.length; }, close() { console.log(rows); } }; },
 * });
 * ```
 */
export function definePlugin<K extends Kind, const S extends StandardSchemaV1>(
  spec: PluginSpec<K, S>,
): PluginFactory<K, S> {
  checkSpec(spec);
  type Options = StandardSchemaV1.InferOutput<S>;
  const { capabilities } = spec;
  const plugin: AnyPlugin<K> = {
    name: spec.name,
    kind: spec.kind,
    pwalk: spec.pwalk,
    options: spec.options,
    // The engine calls these with what the plugin's own schema returned: the one place where that is known.
    capabilities: (options) =>
      typeof capabilities === 'function' ? capabilities(options as Options) : (capabilities ?? {}),
    create: (options) => spec.create(options as Options),
  };
  return Object.assign<
    (...args: Parameters<PluginFactory<K, S>>) => Stage<K>,
    { plugin: AnyPlugin<K> }
  >((...args) => stageOf(plugin, args[0]), { plugin });
}

/** @throws PwalkError `PWALK_PLUGIN_INVALID`; for authors who write JavaScript, whom no compiler tells */
function checkSpec(
  spec: Pick<PluginSpec<Kind>, 'name' | 'kind' | 'pwalk' | 'options'> & { create: unknown },
): void {
  const whose = typeof spec?.name === 'string' ? `Plugin "${spec.name}"` : 'A plugin';
  const fault =
    typeof spec !== 'object' || spec === null
      ? 'is no description'
      : typeof spec.name !== 'string' || spec.name === ''
        ? 'has no name'
        : !['source', 'filter', 'sink', 'action'].includes(spec.kind)
          ? `is of the kind ${JSON.stringify(spec.kind)}; it must be source, filter, sink or action`
          : typeof spec.pwalk !== 'string'
            ? "does not say which versions of @pwalk/core it was written for (`pwalk: '^0.1.0'`)"
            : spec.options?.['~standard'] === undefined
              ? 'has no schema for its options; give a Standard Schema, as `options: z.object({})`'
              : typeof spec.create !== 'function'
                ? 'has no create()'
                : null;
  if (fault !== null) throw new PwalkError('PWALK_PLUGIN_INVALID', `${whose} ${fault}.`);
}

/** One use of a plugin. The engine checks the options with the plugin's schema. */
export function stageOf<K extends Kind>(plugin: AnyPlugin<K>, options: unknown): Stage<K> {
  return { [stageBrand]: true, kind: plugin.kind, name: plugin.name, plugin, options };
}

/** The plugin behind what `definePlugin` returned, of this copy of the package or of another; else null. */
export function pluginOf(value: unknown): AnyPlugin<Kind> | null {
  if (typeof value !== 'function' || !('plugin' in value)) return null;
  const { plugin } = value;
  return isPlugin(plugin) ? plugin : null;
}

function isPlugin(value: unknown): value is AnyPlugin<Kind> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'pwalk' in value &&
    'create' in value &&
    typeof value.create === 'function'
  );
}

/** True for what a plugin's factory returned, of this copy of the package or of another. */
export function isStage(value: unknown): value is Stage {
  return typeof value === 'object' && value !== null && Reflect.get(value, stageBrand) === true;
}
