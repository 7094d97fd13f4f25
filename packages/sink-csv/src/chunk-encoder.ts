import type { EntryBatch } from '@pwalk/core';

/** Turns batches into CSV, in pieces of a bounded size. One batch at a time. */
export interface ChunkEncoder {
  /** The rows of a batch. A chunk is valid until the next one is asked for: its memory is used again. */
  encode(batch: EntryBatch): AsyncIterable<Uint8Array>;
  /** Rows encoded so far; fewer than were given where the format has no row for some entries. */
  readonly printed: number;
  /** Rows so far whose path the format cannot hold whole. */
  readonly altered: number;
}
