import type { OperatorFunction } from 'rxjs';
import type { EntryBatch } from '../batch/entry-batch.js';
import { type Acknowledgement, claim } from '../batch/lease.js';
import type { MaybePromise } from '../plugin/outcome.js';
import { Observable } from './rx.js';

/** What may arrive: a batch, or several as `bufferCount` makes them. */
type Batches = EntryBatch | readonly EntryBatch[];

/**
 * Works on each batch in turn, with backpressure, and emits what `work` returns: while `work` runs,
 * the batches it was given and those waiting behind it hold credits, so the walk pauses instead of
 * filling memory.
 *
 * ```ts
 * await lastValueFrom(scan(['/data']).pipe(eachBatch((batch) => save(batch))), { defaultValue: null });
 * ```
 *
 * An operator that holds batches back on its own (`bufferCount`, `delay`) may stand before it: the
 * batches take their credits again when they arrive here. A claim ends only after the result has
 * been emitted, so whoever claims it downstream takes over without a gap.
 */
export function eachBatch<B extends Batches, R>(
  work: (batch: B) => MaybePromise<R>,
): OperatorFunction<B, R> {
  return (source) =>
    new Observable((subscriber) => {
      let last = Promise.resolve();
      const turn = async (arrived: B, settle: (status: Acknowledgement) => void) => {
        let status: Acknowledgement = 'failed';
        try {
          if (subscriber.closed) return;
          subscriber.next(await work(arrived));
          status = 'delivered';
        } catch (error) {
          subscriber.error(error);
        } finally {
          settle(status);
        }
      };
      return source.subscribe({
        next: (arrived) => {
          const claims = listOf(arrived).map(claim);
          const settle = (status: Acknowledgement) => {
            for (const part of claims) part.settle(status);
          };
          last = last.then(() => turn(arrived, settle));
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          last = last.then(() => subscriber.complete());
        },
      });
    });
}

function listOf(batches: Batches): readonly EntryBatch[] {
  return 'schema' in batches ? [batches] : batches;
}
