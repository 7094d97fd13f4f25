export { formatSize, parseSize } from '@pwalk/core';

/** Least memory a walk can be run in, in bytes. */
export const LEAST_MEMORY = 16 * 1024 * 1024;

/** Least disk space for what does not fit into memory, in bytes: it is used in pieces of that. */
export const LEAST_SPILL_LIMIT = 1024 * 1024;
