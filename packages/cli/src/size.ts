export { formatSize, LEAST_SPILL_LIMIT, parseSize } from '@pwalk/core';

/** Least memory a walk can be run in, in bytes. */
export const LEAST_MEMORY = 16 * 1024 * 1024;
