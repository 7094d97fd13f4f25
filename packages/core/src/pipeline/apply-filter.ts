import type { OperatorFunction } from 'rxjs';
import type { EntryBatch } from '../batch/entry-batch.js';
import type { StageContext } from '../plugin/context.js';
import { eachBatch } from './each-batch.js';
import { callHook, type LiveStage } from './open-stage.js';
import { filter, pipe } from './rx.js';

/**
 * A filter as an operator of the stream: `map` one batch after the other, `pipe` as it is. A batch
 * of which no row is left goes no further, and is acknowledged by that.
 */
export function applyFilter(
  live: LiveStage<'filter'>,
  ctx: StageContext,
): OperatorFunction<EntryBatch, EntryBatch> {
  const { instance } = live;
  if (!('map' in instance)) return instance.pipe;
  return pipe(
    eachBatch(async (batch: EntryBatch) => {
      const result = await callHook(live, 'map', () => instance.map(batch, ctx));
      // A filter may have made a new batch, in a worker thread for instance: it stands for the old one.
      return result !== null && result.lease === null && batch.lease !== null
        ? result.leasedBy(batch.lease)
        : result;
    }),
    filter((batch): batch is EntryBatch => batch !== null && batch.length > 0),
  );
}
