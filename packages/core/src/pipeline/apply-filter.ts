import type { OperatorFunction } from 'rxjs';
import type { EntryBatch } from '../batch/entry-batch.js';
import { PwalkError } from '../errors/pwalk-error.js';
import type { StageContext } from '../plugin/context.js';
import { checkBatch } from './check-batch.js';
import { eachBatch } from './each-batch.js';
import { callHook, type LiveStage } from './open-stage.js';
import { catchError, filter, pipe, tap } from './rx.js';

/**
 * A filter as an operator of the stream: `map` one batch after the other, `pipe` as it is. A batch
 * of which no row is left goes no further, and is acknowledged by that. `onWork` is told of each `map` as it starts.
 */
export function applyFilter(
  live: LiveStage<'filter'>,
  ctx: StageContext,
  onWork: (work: Promise<unknown>) => void,
): OperatorFunction<EntryBatch, EntryBatch> {
  const { instance } = live;
  if (!('map' in instance)) {
    const { pipe: operator } = instance;
    return pipe(
      operator,
      tap((batch) => checkBatch(live, 'pipe', batch)),
      // What comes from before the operator is stamped already, and stays as it is.
      catchError((error: unknown) => {
        throw PwalkError.from(error, live.stage.name, 'pipe');
      }),
    );
  }
  return pipe(
    eachBatch(mapThrough(live, ctx, onWork)),
    filter((batch): batch is EntryBatch => batch !== null),
  );
}

/** A filter's `map` as the engine calls it; null where no row is left. */
export function mapThrough(
  live: LiveStage<'filter'>,
  ctx: StageContext,
  onWork: (work: Promise<unknown>) => void,
): (batch: EntryBatch) => Promise<EntryBatch | null> {
  const { instance } = live;
  return async (batch) => {
    const work = callHook(live, 'map', () =>
      'map' in instance ? instance.map(batch, ctx) : batch,
    );
    onWork(work);
    const result = await work;
    if (result === null) return null;
    checkBatch(live, 'map', result);
    if (result.length === 0) return null;
    // A filter may have made a new batch, in a worker thread for instance: it stands for the old one.
    return result.lease === null && batch.lease !== null ? result.leasedBy(batch.lease) : result;
  };
}
