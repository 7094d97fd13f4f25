import type { FileIdentity } from '../io/file-identity.js';

/** Facts of a run, the same for every stage; sinks write them into their files. */
export interface ScanFacts {
  /** Unique per run. */
  readonly id: string;
  /** The roots as the user gave them, for display. */
  readonly roots: readonly string[];
  /** The exact bytes of the roots. */
  readonly rootBytes: readonly Uint8Array[];
  readonly host: string;
  /** Version of pwalk. */
  readonly version: string;
  readonly startedAt: Date;
  /** The options the run was given, for the record; plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What every stage is given. One per stage. */
export interface StageContext {
  /** Unique in the pipeline, as `parquet#1`. */
  readonly stage: string;
  readonly scan: ScanFacts;
  /** Aborted when the run is cancelled or fails: stop soon, then `close` is called. */
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  /** Bytes the whole pipeline may use beyond what Node itself takes. */
  readonly memory: number;
  /** Tells the user something that is not an error. Escape names that come from the file system. */
  warn(message: string): void;
}

/** What a source is given besides. */
export interface SourceContext extends StageContext {
  /** Union of the columns every stage declared: produce these, ask the kernel for no more. */
  readonly columns: ReadonlySet<string>;
  /** Every stage has declared `releases`: memory of an acknowledged batch may be used again. */
  readonly reusesMemory: boolean;
  /** Files this run is writing, known once `read` is called: do not report them. */
  readonly ownFiles: readonly FileIdentity[];
}

/** What a sink is given besides. */
export interface SinkContext extends StageContext {
  /** Names a file this sink is writing, so that the walk leaves it out. Call it in `open`. */
  registerOwnFile(file: FileIdentity): void;
}
