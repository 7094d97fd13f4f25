import { setFlagsFromString } from 'node:v8';

import { isLittleMemory } from './little-memory.js';

/** Runs with little memory that are under way. */
let runs = 0;

/**
 * Keeps V8 from growing its young generation while a run with little memory is under way: batches die young,
 * so there is little to be had from a large one. V8 has no limit that can be set in a process that runs; by how
 * much it grows can be.
 * @param memory bytes that the run may use beyond what Node takes
 * @returns to be called when the run is over
 */
export function keepYoungGenerationSmall(memory: number): () => void {
  if (!isLittleMemory(memory)) return () => {};
  if (++runs === 1) setFlagsFromString('--semi-space-growth-factor=1');
  return () => {
    if (--runs === 0) setFlagsFromString('--semi-space-growth-factor=2');
  };
}
