import type { EntryBatch } from '../batch/entry-batch.js';
import { type Acknowledgement, Lease } from '../batch/lease.js';
import { PwalkError } from '../errors/pwalk-error.js';
import { Observable, type Subscriber } from './rx.js';

export interface GateOptions {
  /** Batches that may be worked on at once; the next is pulled when fewer are. At least 1. */
  readonly credit: number;
  /** Called for each batch when every branch is done with it. */
  readonly acknowledge?: (batch: EntryBatch, status: Acknowledgement) => void;
  /** Told when the stream is left early, with a promise of the end of the iterator's `return()`. */
  readonly returning?: (done: Promise<unknown>) => void;
}

/** Batches in flight when the caller does not say: enough to keep every stage busy, little memory. */
export const DEFAULT_CREDIT = 8;

/** @throws PwalkError `PWALK_OPTIONS_INVALID` when it is not a whole number of batches, at least one */
export function checkCredit(credit: number | undefined): void {
  if (credit === undefined || (Number.isSafeInteger(credit) && credit >= 1)) return;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `credit is ${credit}; give the number of batches in flight, at least 1.`,
  );
}

/**
 * Turns a pulled source into a pushed stream without losing backpressure, which RxJS has not.
 *
 * ```text
 *             ┌── a batch is pulled only while leases < credit ◄──┐
 *   source ───┤                                                   │ last claim settled
 *             └─► lease ─► subscriber.next(batch) ─► claims ──────┘
 * ```
 *
 * The gate holds a claim on each batch during `next()`. A stage that goes on working afterwards
 * claims the batch in that time; a batch nobody claims is acknowledged when `next()` returns, so
 * operators that drop, buffer or transform batches need to know nothing of this.
 *
 * Unsubscribing stops the pull and calls the iterator's `return()`.
 */
export function throughCreditGate(
  batches: AsyncIterable<EntryBatch>,
  options: GateOptions,
): Observable<EntryBatch> {
  return new Observable((subscriber) => {
    const gate = new CreditGate(batches[Symbol.asyncIterator](), options, subscriber);
    void gate.run();
    return () => gate.stop();
  });
}

class CreditGate {
  readonly #iterator: AsyncIterator<EntryBatch>;
  readonly #options: GateOptions;
  readonly #subscriber: Subscriber<EntryBatch>;
  #inFlight = 0;
  #wake: (() => void) | null = null;
  #stopped = false;
  #ended = false;

  constructor(
    iterator: AsyncIterator<EntryBatch>,
    options: GateOptions,
    subscriber: Subscriber<EntryBatch>,
  ) {
    this.#iterator = iterator;
    this.#options = options;
    this.#subscriber = subscriber;
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        await this.#credit();
        if (this.#stopped) return;
        const next = await this.#next();
        if (next.done === true) break;
        if (this.#stopped) return;
        this.#deliver(next.value);
      }
      this.#subscriber.complete();
    } catch (error) {
      this.#subscriber.error(error);
    }
  }

  /** The next of the source. One that ended or threw has nothing to be told when the stream is left. */
  async #next(): Promise<IteratorResult<EntryBatch>> {
    try {
      const next = await this.#iterator.next();
      if (next.done === true) this.#ended = true;
      return next;
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  /** Stops the pull. The iterator is closed even while a `next()` of it is open. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
    if (this.#ended) return;
    this.#ended = true;
    // Nobody listens to this stream any more: a source that cannot end cleanly throws from its close().
    const done = Promise.resolve(this.#iterator.return?.()).catch(() => {});
    this.#options.returning?.(done);
  }

  #deliver(batch: EntryBatch): void {
    const lease = new Lease(
      () => {
        this.#inFlight++;
      },
      () => {
        this.#inFlight--;
        this.#wake?.();
      },
      (status) => this.#options.acknowledge?.(batch, status),
    );
    const claim = lease.claim();
    try {
      this.#subscriber.next(batch.leasedBy(lease));
    } finally {
      claim.settle('delivered');
    }
  }

  async #credit(): Promise<void> {
    while (this.#inFlight >= this.#options.credit && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
