import { PwalkError } from '../errors/pwalk-error.js';
import { checkStages } from '../pipeline/check-pipeline.js';
import type { FilteredSink } from '../pipeline/filtered-sink.js';
import type { PipelineSpec } from '../pipeline/pipeline-spec.js';
import { type Kind, type Stage, stageOf } from '../plugin/plugin.js';
import { escapeText } from '../text/escape.js';
import { parseSize } from '../text/size.js';
import type { FilteredSinkUse, PipelineConfig, StageUse } from './define-config.js';
import { combined, invalid, type LoadedConfig } from './load-config.js';
import { type BuiltIns, resolveStage } from './resolve-stage.js';

/** What a pipeline of a config is asked to do. */
export interface ResolveOptions {
  /** Which pipeline; `default` when not given. */
  readonly name?: string | undefined;
  /** In place of the config's. */
  readonly roots?: readonly (string | Uint8Array)[] | undefined;
  readonly builtIns: BuiltIns;
  /** The source of a pipeline that names none. */
  readonly defaultSource: () => Promise<Stage<'source'>>;
}

/** A pipeline of a config, ready to run. */
export interface ResolvedPipeline {
  readonly name: string;
  readonly file: string;
  readonly description: string | null;
  readonly roots: readonly (string | Uint8Array)[];
  readonly spec: PipelineSpec;
  readonly failOnMatch: boolean;
}

/**
 * Finds the plugins of a pipeline and checks everything that can be known before anything is opened.
 * @throws PwalkError the one thing that is wrong, or one with all of them in `problems`
 */
export async function resolvePipeline(
  config: LoadedConfig,
  options: ResolveOptions,
): Promise<ResolvedPipeline> {
  const { name, pipeline } = choosePipeline(config, options.name);
  const prefix = config.isSeveral ? `pipelines.${name}.` : '';
  const faults = new Faults(config);
  const places = new Map<Stage, string>();
  const resolve = async <K extends Kind>(kind: K, use: StageUse<K>, place: string) => {
    const at = `${prefix}${place}`;
    const stage = await faults.collect(at, () =>
      resolveStage(kind, use, { directory: config.directory, builtIns: options.builtIns }),
    );
    if (stage === null || stage === undefined) return [];
    // The same stage may be listed twice: each use has a place of its own.
    const own: Stage<K> = { ...stage };
    places.set(own, at);
    return [own];
  };
  const list = async <K extends Kind>(kind: K, uses: readonly StageUse<K>[] | undefined) =>
    (
      await Promise.all((uses ?? []).map((use, index) => resolve(kind, use, `${kind}s[${index}]`)))
    ).flat();

  const listSinks = async (): Promise<(Stage<'sink'> | FilteredSink)[]> => {
    const found = (pipeline.sinks ?? []).map(async (use, index) => {
      const place = `sinks[${index}]`;
      if (!isFilteredUse(use)) return resolve('sink', use, place);
      const filters = use.filters.map((filter, at) =>
        resolve('filter', filter, `${place}.filters[${at}]`),
      );
      const sinks = await resolve('sink', use.sink, `${place}.sink`);
      const own = (await Promise.all(filters)).flat();
      return sinks.map((sink) => ({ filters: own, sink }));
    });
    return (await Promise.all(found)).flat();
  };

  const roots = options.roots ?? pipeline.roots;
  const [source = await options.defaultSource()] = await resolve(
    'source',
    pipeline.source,
    'source',
  );
  const isMissing = roots === undefined && !places.has(source);
  if (isMissing) {
    faults.add(
      `${prefix}roots`,
      'there is nothing to walk; give roots here, or paths on the command line',
    );
  }
  const rooted =
    roots === undefined && !isMissing
      ? source
      : stageOf(source.plugin, withRoots(source, roots ?? ['.']));
  places.set(rooted, `${prefix}source`);
  const spec: PipelineSpec = {
    source: rooted,
    filters: await list('filter', pipeline.filters),
    sinks: await listSinks(),
    actions: await list('action', pipeline.actions),
    ...settings(pipeline, faults, prefix),
  };
  await faults.check(spec, places);
  faults.throwAny();
  return {
    name,
    file: config.file,
    description: pipeline.description ?? null,
    roots: roots ?? [],
    spec,
    failOnMatch: pipeline.failOnMatch ?? false,
  };
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` that lists the pipelines there are; or what is wrong with them */
export function choosePipeline(
  { file, pipelines, faults }: LoadedConfig,
  name = 'default',
): { name: string; pipeline: PipelineConfig } {
  const pipeline = pipelines.get(name);
  if (pipeline !== undefined) return { name, pipeline };
  if (faults.length > 0) throw combined(faults);
  const names = [...pipelines.keys()].map(escapeText).join(', ');
  const remedy = names === '' ? 'it has none yet' : `name one of ${names}`;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `Config "${escapeText(file)}" has no pipeline "${escapeText(name)}"; ${remedy}.`,
    { path: file },
  );
}

function isFilteredUse(use: StageUse<'sink'> | FilteredSinkUse): use is FilteredSinkUse {
  return typeof use === 'object' && use !== null && 'sink' in use && 'filters' in use;
}

/** The source's options with the roots in them. */
function withRoots(source: Stage, roots: readonly (string | Uint8Array)[]): unknown {
  const { options } = source;
  return typeof options === 'object' && options !== null ? { ...options, roots } : { roots };
}

function settings(pipeline: PipelineConfig, faults: Faults, prefix: string): Partial<PipelineSpec> {
  const { allow, dryRun, credit, memory, overflow, spillDir, spillLimit, onError, timeouts } =
    pipeline;
  const inBytes = (name: string, size: number | string | undefined) =>
    typeof size === 'string' ? faults.size(`${prefix}${name}`, size) : size;
  const bytes = inBytes('memory', memory);
  const limit = inBytes('spillLimit', spillLimit);
  return {
    ...(allow === undefined ? {} : { allow }),
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(credit === undefined ? {} : { credit }),
    ...(bytes === undefined ? {} : { memory: bytes }),
    ...(overflow === undefined ? {} : { overflow }),
    ...(spillDir === undefined ? {} : { spillDir }),
    ...(limit === undefined ? {} : { spillLimit: limit }),
    ...(onError === undefined ? {} : { onError }),
    ...(timeouts === undefined ? {} : { timeouts }),
  };
}

/** Everything that is wrong with a pipeline of a config, with its place. */
class Faults {
  readonly #file: string;
  readonly #problems: PwalkError[];

  constructor({ file, faults }: LoadedConfig) {
    this.#file = file;
    this.#problems = [...faults];
  }

  add(option: string, message: string): void {
    this.#problems.push(invalid(this.#file, option, message));
  }

  size(option: string, text: string): number | undefined {
    try {
      return parseSize(text);
    } catch (error) {
      this.#problems.push(this.#at(option, PwalkError.from(error, 'config', 'load')));
      return undefined;
    }
  }

  async collect<T>(option: string, body: () => Promise<T>): Promise<T | undefined> {
    try {
      return await body();
    } catch (error) {
      this.#problems.push(this.#at(option, PwalkError.from(error, 'config', 'load')));
      return undefined;
    }
  }

  /** What the engine would refuse. */
  async check(spec: PipelineSpec, places: ReadonlyMap<Stage, string>): Promise<void> {
    await checkStages(spec, (stage, problem) => {
      this.#problems.push(this.#at(places.get(stage) ?? '', problem));
    });
  }

  throwAny(): void {
    if (this.#problems.length > 0) throw combined(this.#problems);
  }

  /** The same problem, with the file and the place in front. */
  #at(option: string, problem: PwalkError): PwalkError {
    const at = problem.option === undefined ? option : `${option}.${problem.option}`;
    return new PwalkError(
      problem.code,
      `Config "${escapeText(this.#file)}", ${escapeText(at)}: ${problem.message}`,
      { path: this.#file, option: at, excerpt: problem.excerpt, cause: problem },
    );
  }
}
