import { setImmediate } from 'node:timers/promises';
import type { EntryBatch } from '../batch/entry-batch.js';
import type { BatchSpool } from './batch-spool.js';
import { cannotReadBack, noRoom } from './spill-error.js';

export interface OverflowOptions {
  readonly spool: BatchSpool;
  /** Where it is, for messages. */
  readonly directory: string;
  /** Called for a batch that is on disk: its memory may be used again. Must not throw. */
  readonly release: (batch: EntryBatch) => void;
  /** Told once, when the disk does not take what it has to. */
  readonly warn: (message: string) => void;
}

/**
 * Batches of a source that goes on while those who take them are slower: what they do not take is on disk
 * meanwhile, and comes back in order.
 *
 * ```text
 *            ┌──────────────── taken within a turn of the event loop ─────────────┐
 *   source ──┤ held                                                               ├─► next()
 *            └─► put ─► on disk, in order ─► take ────────────────────────────────┘
 * ```
 *
 * One batch is held. When nobody has asked for it by the next turn of the event loop, or others wait on disk before it, it
 * goes there too; where there is no room, or the disk does not take it, the source waits, as it would without this.
 *
 * When the source fails, what waits is given up, as the run fails. When it ends, what waits still comes.
 */
export class Overflow implements AsyncIterableIterator<EntryBatch> {
  readonly #source: AsyncIterator<EntryBatch>;
  readonly #options: OverflowOptions;
  /** The latest of the source, when it is neither taken nor on disk. */
  #held: EntryBatch | null = null;
  #pumping: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  #ended = false;
  #stopped = false;
  /** The disk did not take a batch, and nothing has got better since. */
  #isRefused = false;
  #hasWarned = false;
  #wake = () => {};
  #changed = Promise.resolve();

  constructor(source: AsyncIterable<EntryBatch>, options: OverflowOptions) {
    this.#source = source[Symbol.asyncIterator]();
    this.#options = options;
    this.#change();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws what the source throws; PwalkError `PWALK_SPILL_FAILED` when a batch does not come back */
  async next(): Promise<IteratorResult<EntryBatch>> {
    this.#pumping ??= this.#pump();
    for (;;) {
      const changed = this.#changed;
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#stopped) break;
      const batch = await this.#oldest();
      if (batch !== null) return { done: false, value: batch };
      if (this.#ended) break;
      await changed;
    }
    return { done: true, value: undefined };
  }

  /** Waits for the source to end, and for what is being written. */
  async return(): Promise<IteratorResult<EntryBatch>> {
    this.#stopped = true;
    this.#change();
    // Nobody listens any more: a source that cannot end cleanly throws from its close().
    await Promise.resolve(this.#source.return?.()).catch(() => {});
    await this.#pumping;
    return { done: true, value: undefined };
  }

  async #oldest(): Promise<EntryBatch | null> {
    const { spool, directory } = this.#options;
    let batch = this.#held;
    if (!spool.isEmpty) {
      batch = await spool.take().catch((error) => {
        throw cannotReadBack(directory, error);
      });
    } else {
      this.#held = null;
    }
    if (batch === null) return null;
    if (spool.isEmpty) this.#isRefused = false;
    this.#change();
    return batch;
  }

  async #pump(): Promise<void> {
    try {
      while (!this.#stopped) {
        const next = await this.#source.next();
        if (next.done === true) break;
        this.#held = next.value;
        this.#change();
        await this.#place();
      }
      this.#ended = true;
    } catch (error) {
      this.#failure = { error };
    }
    this.#change();
  }

  /** Until the batch that is held is taken, or on disk. */
  async #place(): Promise<void> {
    // Who keeps up asks within this turn: what they take needs no disk.
    if (this.#options.spool.isEmpty) await setImmediate();
    while (this.#held !== null && !this.#stopped) {
      const changed = this.#changed;
      if (!(await this.#spill(this.#held))) await changed;
    }
  }

  /** @returns false when the batch is still held */
  async #spill(batch: EntryBatch): Promise<boolean> {
    const { spool, directory, release, warn } = this.#options;
    if (this.#isRefused || !spool.hasRoomFor(batch)) return false;
    // Not to be taken meanwhile: it may come after others.
    this.#held = null;
    try {
      await spool.put(batch);
      release(batch);
      return true;
    } catch (error) {
      this.#isRefused = true;
      this.#held = batch;
      if (!this.#hasWarned) warn(noRoom(directory, error));
      this.#hasWarned = true;
      return false;
    } finally {
      this.#change();
    }
  }

  #change(): void {
    this.#wake();
    this.#changed = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
