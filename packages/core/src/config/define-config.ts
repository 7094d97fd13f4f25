import type { OverflowPolicy } from '../overflow/batch-overflow.js';
import type { OnError } from '../pipeline/fan-out.js';
import type { Effect } from '../plugin/capabilities.js';
import type { MaybePromise } from '../plugin/outcome.js';
import type { Kind, Stage } from '../plugin/plugin.js';
import type { Timeouts } from '../plugin/timeouts.js';

/** A stage by name: what JSON and YAML can say, and what code can leave to be found. */
export interface NamedStage {
  /**
   * A built-in plugin (`parquet`), a package (`pwalk-sink-x`, `@scope/pwalk-filter-y`) or a file that
   * begins with `./`, `../` or `/`; packages and files are looked up from the config file's directory.
   * `package#name` takes the export of that name instead of the default one.
   */
  readonly use: string;
  readonly options?: unknown;
}

/** A stage as a config lists it. What is falsy is left out, so that `condition && plugin()` works. */
export type StageUse<K extends Kind> = Stage<K> | NamedStage | false | null | undefined;

/** A sink with filters of its own: it takes what they leave, and the sinks beside it everything. */
export interface FilteredSinkUse {
  readonly filters: readonly StageUse<'filter'>[];
  readonly sink: StageUse<'sink'>;
}

/** One pipeline of a config. */
export interface PipelineConfig {
  /** Shown by `pwalk explain`. */
  readonly description?: string;
  /** What to walk, relative to the working directory. Paths on the command line take their place. */
  readonly roots?: readonly (string | Uint8Array)[];
  /** Where entries come from. @default the native walker */
  readonly source?: StageUse<'source'>;
  readonly filters?: readonly StageUse<'filter'>[];
  readonly sinks?: readonly (StageUse<'sink'> | FilteredSinkUse)[];
  readonly actions?: readonly StageUse<'action'>[];
  /** Effects that plugins may have; none unless listed. */
  readonly allow?: readonly Effect[];
  /** Plan actions and apply nothing. @default false */
  readonly dryRun?: boolean;
  /** Batches worked on at once. @default 8 */
  readonly credit?: number;
  /** Memory beyond what Node itself takes: bytes, or a size as `512MiB`. @default 256MiB */
  readonly memory?: number | string;
  /** What becomes of batches that a sink is too slow to take. @default 'pause': the walk waits */
  readonly overflow?: OverflowPolicy;
  /** Where they are put with `overflow: 'spill'`. @default the directory for temporary files */
  readonly spillDir?: string;
  /** Disk space for them: bytes, or a size as `10GiB`; where it is used up, the walk waits. @default 10GiB */
  readonly spillLimit?: number | string;
  /** What becomes of the run when a sink or an action refuses a batch. @default 'abort' */
  readonly onError?: OnError;
  /** Seconds a hook of a plugin may take, by the hook's name; no limit where none is given. */
  readonly timeouts?: Timeouts;
  /** End with exit status 4 when an entry came through the filters. @default false */
  readonly failOnMatch?: boolean;
}

/** Several pipelines in one file, by name; `pwalk run` takes `default` when it is given none. */
export interface PipelineConfigs {
  readonly pipelines: Readonly<Record<string, PipelineConfig>>;
}

export type PwalkConfig = PipelineConfig | PipelineConfigs;

/** What a config that is a function is told. */
export interface ConfigEnvironment {
  /** The command that reads the config: `run`, `explain`, … */
  readonly command: string;
}

/** What a config file may export. */
export type ConfigExport =
  | PwalkConfig
  | ((environment: ConfigEnvironment) => MaybePromise<PwalkConfig>);

/**
 * Gives a config its type; returns it as it is.
 *
 * ```ts
 * export default defineConfig({ roots: ['/data'], sinks: [parquet({ path: 'scan.parquet' })] });
 * ```
 */
export function defineConfig<const C extends ConfigExport>(config: C): C {
  return config;
}
