import type { OperatorFunction } from 'rxjs';
import type { EntryBatch } from '../batch/entry-batch.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import type { StageContext } from './context.js';
import type { Closable, MaybePromise } from './outcome.js';

interface FilterHooks extends Closable {
  /** Called once before the first batch, with the schema that arrives here. */
  open?(schema: EntrySchema, ctx: StageContext): MaybePromise<void>;
}

/**
 * Narrows or widens batches one at a time: returns a selection of the batch, the batch with the
 * columns it declared in `capabilities.adds`, or null to drop it (which acknowledges it).
 * Calls never overlap.
 */
export interface MapFilter extends FilterHooks {
  map(batch: EntryBatch, ctx: StageContext): MaybePromise<EntryBatch | null>;
}

/**
 * Windows and state, as an RxJS operator. A batch is acknowledged when it enters; what comes out is
 * held by the stages behind. So a batch inside the operator is lost if the run is killed, and runs
 * with checkpoints refuse such filters.
 */
export interface PipeFilter extends FilterHooks {
  pipe: OperatorFunction<EntryBatch, EntryBatch>;
}

export type Filter = MapFilter | PipeFilter;
