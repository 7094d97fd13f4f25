import { availableParallelism } from 'node:os';
import { isLittleMemory } from '@pwalk/core/memory';

/** Threads of an encoder: more mean more memory and smaller row groups for short scans; four outrun any walk. */
export const USUAL_LANES = Math.min(availableParallelism(), 4);

/** What follows from the memory of a run. */
export interface EncoderMemory {
  /** Bytes after which all columns' pages, and row groups, are ended however few their rows. */
  readonly pageBytes: number;
  readonly rowGroupBytes: number;
  /** What is freed is not kept for later. */
  readonly isHeapSmall: boolean;
}

/** Share of a run's memory for the encoder of one file: the walker has a half. */
const ENCODER_SHARE = 1 / 4;

/**
 * Of a lane's part of that, for the values of the pages in the making, and as much for the pages that are whole
 * and wait for the rest of their row group. The last third is for what both are copied into.
 */
const PART = 1 / 3;

const SMALLEST = 64 * 1024;
const LARGEST = 128 * 1024 * 1024;

/** What makes so many lanes fit their share of a run's memory. */
export function encoderMemory(memory: number, lanes: number): EncoderMemory {
  const share = (memory * ENCODER_SHARE * PART) / lanes;
  const bytes = Math.floor(Math.min(LARGEST, Math.max(SMALLEST, share)));
  return { pageBytes: bytes, rowGroupBytes: bytes, isHeapSmall: isLittleMemory(memory) };
}
