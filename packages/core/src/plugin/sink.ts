import type { EntryBatch } from '../batch/entry-batch.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import type { SinkContext } from './context.js';
import type { Closable, MaybePromise, Success } from './outcome.js';

/** Something a sink made, for the summary. */
export interface Output {
  /** As the user named it; `-` for standard output. */
  readonly path: string;
  readonly format: string;
  readonly rows: number;
  /** Bytes written; null where the sink cannot know. */
  readonly bytes: number | null;
  /** What its rows are, where they are not entries, as `errors`. */
  readonly table?: string;
}

/** Takes batches to where they are kept. */
export interface Sink extends Closable {
  /** Called once before the first batch. Create what cannot be created later: failing here costs no walk. */
  open?(schema: EntrySchema, ctx: SinkContext): MaybePromise<void>;
  /**
   * Takes one batch. Resolving acknowledges it and returns its credit: resolve when the sink can
   * take another, whether or not this one is on disk yet. Rejecting refuses it. Calls never overlap;
   * the batch must not be changed, and may be kept by sinks that do not declare `releases`.
   */
  write(batch: EntryBatch, ctx: SinkContext): MaybePromise<void>;
  /** Makes everything written so far durable; sinks that declare `resumable` have it. */
  checkpoint?(ctx: SinkContext): MaybePromise<void>;
  /**
   * Called once, after the last batch and before any stage is closed, while the run can still fail:
   * write what is left, so that `close` has only to publish. When one sink throws here no sink
   * publishes, so that of several outputs either all are there or none.
   */
  flush?(outcome: Success, ctx: SinkContext): MaybePromise<void>;
  /** Called after a successful `close`. */
  outputs?(): readonly Output[];
}
