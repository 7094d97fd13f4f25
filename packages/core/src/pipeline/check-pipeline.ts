import type { StandardSchemaV1 } from '@standard-schema/spec';
import { PwalkError } from '../errors/pwalk-error.js';
import type { Effect } from '../plugin/capabilities.js';
import { isStage, type Kind, type Stage } from '../plugin/plugin.js';
import type { Timeouts } from '../plugin/timeouts.js';
import { defaultEntrySchema } from '../schema/entry-schema.js';
import { CORE_VERSION } from '../version.js';
import { type CheckedSink, isFiltered, stagesOf } from './filtered-sink.js';
import type { CheckedStage } from './open-stage.js';
import type { PipelineSpec } from './pipeline-spec.js';

/** A pipeline of which nothing is left to refuse before it is opened. */
export interface CheckedPipeline {
  readonly source: CheckedStage<'source'>;
  readonly filters: readonly CheckedStage<'filter'>[];
  readonly sinks: readonly CheckedSink[];
  readonly actions: readonly CheckedStage<'action'>[];
  /** Union of the columns the stages declare, less those that filters add: what the source is asked for. */
  readonly columns: ReadonlySet<string>;
}

/**
 * Checks everything that can be known before a stage is opened, and reports all of it together.
 * @throws PwalkError the one problem there is, or `PWALK_PIPELINE_INVALID` with `problems`
 */
export async function checkPipeline(spec: PipelineSpec): Promise<CheckedPipeline> {
  const problems: PwalkError[] = [];
  const checked = await checkStages(spec, (_, problem) => problems.push(problem));
  if (checked !== null) return checked;
  const [first] = problems;
  throw problems.length === 1 && first !== undefined
    ? first
    : new PwalkError(
        'PWALK_PIPELINE_INVALID',
        `${problems.length} things are wrong with this pipeline: ${problems.map(({ message }) => message).join(' ')}`,
        { problems },
      );
}

/**
 * Checks every stage and tells of everything that is wrong.
 * @returns null when something is
 */
export async function checkStages(
  spec: PipelineSpec,
  onProblem: (stage: Stage, problem: PwalkError) => void,
): Promise<CheckedPipeline | null> {
  let problems = 0;
  const rules: Rules = { allowed: new Set(spec.allow ?? []), timeouts: spec.timeouts ?? {} };
  const check = async <K extends Kind>(kind: K, stages: readonly Stage<K>[], id: IdOf = idOf) => {
    const checked: CheckedStage<K>[] = [];
    for (const [index, stage] of stages.entries()) {
      try {
        checked.push(await checkStage(kind, stage, id(stage.name, index), rules));
      } catch (error) {
        problems++;
        onProblem(stage, PwalkError.from(error, stage?.name ?? 'unknown', 'options'));
      }
    }
    return checked;
  };
  const [source] = await check('source', [spec.source]);
  const filters = await check('filter', spec.filters ?? []);
  const sinks: CheckedSink[] = [];
  for (const [index, given] of (spec.sinks ?? []).entries()) {
    const branch = isFiltered(given) ? given : { filters: [], sink: given };
    const [sink] = await check('sink', [branch.sink], (name) => idOf(name, index));
    const own = await check(
      'filter',
      branch.filters,
      (name, at) => `${idOf(name, at)} of sink ${index + 1}`,
    );
    if (sink !== undefined) sinks.push({ sink, filters: own });
  }
  const actions = await check('action', spec.actions ?? []);
  if (source === undefined || problems > 0) return null;
  return {
    source,
    filters,
    sinks,
    actions,
    columns: columnsOf([...filters, ...sinks.flatMap(stagesOf), ...actions]),
  };
}

/** What the pipeline says of every stage. */
interface Rules {
  readonly allowed: ReadonlySet<Effect>;
  readonly timeouts: Timeouts;
}

type IdOf = (name: string, index: number) => string;

function idOf(name: string, index: number): string {
  return `${name}#${index + 1}`;
}

async function checkStage<K extends Kind>(
  kind: K,
  stage: Stage<K>,
  id: string,
  { allowed, timeouts }: Rules,
): Promise<CheckedStage<K>> {
  if (!isStage(stage) || stage.kind !== kind) {
    throw new PwalkError(
      'PWALK_PLUGIN_INVALID',
      `A ${kind} was expected and ${isStage(stage) ? `the ${stage.kind} "${stage.name}"` : 'something that definePlugin() did not make'} was given.`,
    );
  }
  const { plugin, name } = stage;
  if (!(await fitsRange(plugin.pwalk))) {
    throw new PwalkError(
      'PWALK_PLUGIN_VERSION',
      `Plugin "${name}" asks for @pwalk/core ${plugin.pwalk} and this is ${CORE_VERSION}; install a version of the plugin that fits.`,
    );
  }
  const result = await plugin.options['~standard'].validate(stage.options);
  if (result.issues !== undefined) {
    throw optionsInvalid(name, result.issues);
  }
  const capabilities = plugin.capabilities(result.value);
  const refused = (capabilities.effects ?? []).filter((effect) => !allowed.has(effect));
  if (refused.length > 0) {
    throw new PwalkError(
      'PWALK_EFFECT_NOT_ALLOWED',
      `Plugin "${name}" declares ${refused.join(', ')}; add it to \`allow\` if you want that to happen.`,
    );
  }
  return { id, stage, options: result.value, capabilities, timeouts };
}

function optionsInvalid(name: string, issues: readonly StandardSchemaV1.Issue[]): PwalkError {
  const places = issues.map(({ path }) =>
    (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  );
  const faults = issues.map(({ message }, index) =>
    places[index] ? `${places[index]}: ${message}` : message,
  );
  const [place] = new Set(places);
  return new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `The options of plugin "${name}" do not fit (${faults.join('; ')}).`,
    { option: issues.length === 1 && place ? `options.${place}` : 'options' },
  );
}

/** Whether this version is in a plugin's range. The ranges of our own plugins need no library to tell. */
export async function fitsRange(range: string): Promise<boolean> {
  if (range === '*' || range === `^${CORE_VERSION}`) return true;
  const { default: satisfies } = await import('semver/functions/satisfies.js');
  return satisfies(CORE_VERSION, range, { includePrerelease: true });
}

/** What the source is asked for. `'all'` means the columns a scan has by default. */
function columnsOf(stages: readonly CheckedStage[]): ReadonlySet<string> {
  const wanted = new Set<string>();
  const added = new Set<string>();
  for (const { capabilities } of stages) {
    for (const field of capabilities.adds ?? []) added.add(field.name);
    const columns = capabilities.columns ?? [];
    const names = columns === 'all' ? ['*'] : columns;
    for (const name of names.flatMap((each) => (each === '*' ? defaultNames : each))) {
      if (!added.has(name)) wanted.add(name);
    }
  }
  // A batch is as long as its columns: without any it would have no rows. This one costs a byte a row.
  if (wanted.size === 0) wanted.add('type');
  return wanted;
}

const defaultNames: readonly string[] = defaultEntrySchema.fields.map(({ name }) => name);
