import type { EntryBatch } from '@pwalk/core';
import type { ByteOutput } from './byte-output.js';
import type { ChunkEncoder } from './chunk-encoder.js';
import type { Compress } from './compression.js';

/** Works on one batch at a time. */
interface Lane {
  readonly encoder: ChunkEncoder;
  readonly compress: Compress;
  /** Settles when the batch it was given last is written. */
  written: Promise<void>;
}

/**
 * Encodes and compresses several batches at once and writes them in the order they came in.
 *
 * Batches go to the lanes in turn. As they are written in order, the lane whose turn it is next is
 * also the first that is done; and as a lane holds one chunk at most until its turn to write has
 * come, memory is bounded by lanes times the size of a chunk.
 */
export class OrderedWriter {
  readonly #output: ByteOutput;
  readonly #lanes: readonly Lane[];
  #batches = 0;
  /** Settles when all that was given so far is written. */
  #tail: Promise<void> = Promise.resolve();

  constructor(output: ByteOutput, lanes: readonly Omit<Lane, 'written'>[]) {
    this.#output = output;
    this.#lanes = lanes.map((lane) => ({ ...lane, written: Promise.resolve() }));
  }

  get printed(): number {
    return this.#lanes.reduce((sum, { encoder }) => sum + encoder.printed, 0);
  }

  get altered(): number {
    return this.#lanes.reduce((sum, { encoder }) => sum + encoder.altered, 0);
  }

  /** Writes text before anything else. */
  async begin(header: Uint8Array): Promise<void> {
    await this.#output.write(await this.#next().compress(header));
  }

  /** Takes a batch; resolves when another can be taken. Rejects when a write has failed. */
  async write(batch: EntryBatch): Promise<void> {
    const lane = this.#next();
    this.#batches++;
    // A lane goes on reading after the write is resolved.
    const letGo = batch.hold();
    lane.written = this.#put(lane, batch, this.#tail).finally(letGo);
    this.#tail = lane.written;
    // Failures are passed down the chain and surface in a later call, at the latest in `finish`.
    this.#tail.catch(() => {});
    await this.#next().written;
  }

  /** Waits until everything is written. A compressed file has a frame even when it has no rows. */
  async finish(): Promise<void> {
    await this.#tail;
    if (this.#output.bytes === 0) await this.begin(new Uint8Array());
    this.#output.close();
  }

  /** Stops; what was written is of no use. Never throws, and may be called after a failure. */
  async abort(): Promise<void> {
    await this.#output.abandon();
  }

  #next(): Lane {
    return this.#lanes[this.#batches % this.#lanes.length];
  }

  async #put(lane: Lane, batch: EntryBatch, before: Promise<void>): Promise<void> {
    for await (const chunk of lane.encoder.encode(batch)) {
      const bytes = await lane.compress(chunk);
      await before;
      await this.#output.write(bytes);
    }
    await before;
  }
}
