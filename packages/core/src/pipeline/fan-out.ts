import type { EntryBatch } from '../batch/entry-batch.js';
import { type Claim, claim } from '../batch/lease.js';
import type { MaybePromise } from '../plugin/outcome.js';
import { type Observable, Subscription } from './rx.js';

/** What becomes of the run when a branch refuses a batch. */
export type OnError = 'abort' | 'skip-batch';

/** Something that takes every batch: a sink's `write`, an action's `plan`. */
export type Branch = (batch: EntryBatch) => MaybePromise<void>;

export interface FanOutOptions {
  readonly onError: OnError;
  /** Told of every batch a branch refused under `skip-batch`. */
  readonly onSkip: (error: unknown) => void;
  /** Told of the error that ends the run, so that branches waiting for something give up. */
  readonly onFail: (error: unknown) => void;
  /** Leaves the stream; its reason is what the fan-out rejects with. */
  readonly signal: AbortSignal;
}

/**
 * Hands every batch to every branch. Each branch takes its batches in order, one at a time, at its
 * own speed; a batch keeps its credit until the slowest branch is done with it, and is acknowledged
 * with the worst of their answers.
 *
 * Resolves when the stream is complete and every branch has taken its last batch; rejects with the
 * first error of the stream or, unless batches are to be skipped, of a branch, and leaves the stream.
 */
export function fanOut(
  batches: Observable<EntryBatch>,
  branches: readonly Branch[],
  options: FanOutOptions,
): Promise<void> {
  return new Promise((done, failed) => {
    let ended = false;
    const lanes = branches.map(() => Promise.resolve());
    const subscription = new Subscription();
    const fail = (error: unknown) => {
      if (ended) return;
      ended = true;
      subscription.unsubscribe();
      options.onFail(error);
      // Branches still working on a batch finish it first: no write is under way when stages are closed.
      void Promise.all(lanes).then(() => failed(error));
    };
    const cancel = () => fail(options.signal.reason);
    options.signal.addEventListener('abort', cancel, { once: true });
    subscription.add(() => options.signal.removeEventListener('abort', cancel));
    const skip = (error: unknown) => {
      try {
        options.onSkip(error);
      } catch (fault) {
        fail(fault);
      }
    };
    const take = async (branch: Branch, batch: EntryBatch, held: Claim) => {
      try {
        if (ended) return held.settle('failed');
        await branch(batch);
        held.settle('delivered');
      } catch (error) {
        // What a branch says while the run is ending is a consequence of that.
        if (ended) return held.settle('failed');
        if (options.onError === 'skip-batch') {
          held.settle('skipped');
          skip(error);
        } else {
          held.settle('failed');
          fail(error);
        }
      }
    };
    subscription.add(
      batches.subscribe({
        next: (batch) => {
          branches.forEach((branch, index) => {
            const held = claim(batch);
            lanes[index] = lanes[index].then(() => take(branch, batch, held));
          });
        },
        error: fail,
        complete: () => void Promise.all(lanes).then(() => ended || done()),
      }),
    );
  });
}
