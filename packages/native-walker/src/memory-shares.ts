import type { ThreadRange } from './thread-count.js';

/**
 * Rows of a batch: few enough that the batches in flight, and those that wait for the garbage
 * collector, are as large at the first hundred thousand entries as ever after; many enough that what
 * a batch costs in JavaScript disappears. Under a small budget `batchBytes` ends it earlier.
 */
const BATCH_ROWS = 4096;
const LEAST_BATCH_ROWS = 64;
const LARGEST_BATCH = 4 * 1024 * 1024;
const SMALLEST_BATCH = 64 * 1024;

/**
 * Share of the memory budget for the walker: batches being built, queued and copied, buffers to list
 * into, and directories. The rest is the sinks'.
 */
const WALKER_SHARE = 0.5;

/** Of it for directories, those that wait and those entered; what waits beyond that is spilled. */
const DIRECTORIES_SHARE = 0.25;

/** What a thread lists a directory into, in bytes. */
const LISTING_BUFFER = 128 * 1024;

/** Rows of a batch such that a part of so many rows is some batches. */
export function batchRows(partRows = Number.POSITIVE_INFINITY): number {
  return Math.floor(Math.min(BATCH_ROWS, Math.max(LEAST_BATCH_ROWS, partRows / 8)));
}

/**
 * Bytes of a batch such that one per thread, one per place in the queue and the copies fit the budget,
 * beside the directories and what the threads list into.
 */
export function batchBytes(memory: number, { least, most }: ThreadRange): number {
  const left = memory * WALKER_SHARE - directoryBytes(memory) - most * LISTING_BUFFER;
  const share = left / (most + least * 2 + 8);
  return Math.floor(Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, share)));
}

/** Bytes for directories. */
export function directoryBytes(memory: number): number {
  return Math.max(1, Math.floor(memory * WALKER_SHARE * DIRECTORIES_SHARE));
}
