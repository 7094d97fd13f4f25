import type { OperatorFunction } from 'rxjs';
import { Entry } from '../batch/entry.js';
import type { EntryBatch } from '../batch/entry-batch.js';
import { Observable } from './rx.js';

/**
 * Flattens batches to rows, for people who want rows and accept the price. All rows of a batch are
 * emitted during its `next()`.
 */
export function entries(): OperatorFunction<EntryBatch, Entry> {
  return (source) =>
    new Observable((subscriber) =>
      source.subscribe({
        next: (batch) => {
          for (let row = 0; row < batch.length && !subscriber.closed; row++) {
            subscriber.next(new Entry(batch, row));
          }
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
}
