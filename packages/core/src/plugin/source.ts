import type { Accounting } from '../accounting/accounting.js';
import type { EntryBatch } from '../batch/entry-batch.js';
import type { Acknowledgement } from '../batch/lease.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import type { SourceContext } from './context.js';
import type { Closable, MaybePromise } from './outcome.js';

/** Live figures of a source at work. */
export interface SourceProgress {
  /** Rows so far, those included that no batch was made of yet. */
  readonly rows: number;
  /** Directories found and not yet read. */
  readonly queuedDirectories: number;
  readonly threads: number;
  /** Threads asleep because nobody takes their batches: backpressure at work. */
  readonly blockedThreads: number;
}

/** What a source asks of the system, as a rule: names of calls, those made twice named twice. */
export interface SourceCalls {
  readonly perEntry: readonly string[];
  readonly perDirectory: readonly string[];
}

/** How many threads a source reads with. */
export interface SourceThreads {
  /** So many where calls are quick … */
  readonly least: number;
  /** … and up to so many where they are slow; the same number: always so many. */
  readonly most: number;
  /** The most it had at a time; null before it reads. */
  readonly peak: number | null;
  /** What a call took on average; null where nobody measured. */
  readonly callMicroseconds: number | null;
  /** Entries of a large directory that a thread takes at a time, at last; null where nobody measured. */
  readonly chunk: number | null;
}

/** Where a source puts what it has to keep and has no room for. */
export interface SourceSpill {
  /** Bytes it keeps in memory at most. */
  readonly memory: number;
  /** Bytes it puts into the directory at most. */
  readonly limit: number;
  readonly directory: string;
}

/**
 * Produces the batches of a run, pulled: the engine asks for the next batch only while the pipeline
 * holds a credit, so a source that stops when it is not asked is all that backpressure needs.
 */
export interface Source extends Closable {
  /**
   * Called first, once, before any output is opened: look at the roots here, and throw when one is
   * missing. Returns the schema of every batch to come.
   */
  open(ctx: SourceContext): MaybePromise<EntrySchema>;
  /**
   * Called once, after every stage is open. The end of the iterable is the end of input; a throw
   * fails the run. When the engine stops early it calls the iterator's `return()` and waits for it.
   */
  read(ctx: SourceContext): AsyncIterable<EntryBatch>;
  /** Called for every batch, once all branches are done with it, in the order that happens. */
  acknowledge?(batch: EntryBatch, status: Acknowledgement): void;
  /**
   * Called in place of `acknowledge` for a batch that is on disk, because a sink is slower and the pipeline
   * spills: its memory may be used again. Its rows come back in another batch, and that is acknowledged.
   */
  release?(batch: EntryBatch): void;
  /** What it would ask of the system for these columns; for people who want to know, before anything is opened. */
  calls?(columns: ReadonlySet<string>): SourceCalls;
  /** With how many threads: what it would choose before it reads, what it chose after the last batch. */
  threads?(): SourceThreads;
  /** Where it would put what does not fit into its share of a run's memory, in bytes; before anything is opened. */
  spill?(memory: number): SourceSpill;
  /** Called from a timer while `read` is under way, some times a second. */
  progress?(): SourceProgress;
  /** Called after the last batch: what it gave is not all there is, because it was asked to end early or to begin in the middle. */
  isPartial?(): boolean;
  /** Called after the last batch: bytes it put on disk meanwhile because they did not fit into its memory. */
  spilledBytes?(): number;
  /** Called after the last batch. A source that keeps an account is checked against it. */
  accounting?(): Accounting;
}
