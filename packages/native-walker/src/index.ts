export { eachBatch, entries } from '@pwalk/core';
export type { WalkerOptions } from './options.js';
export { type PruneOptions, pruneOptions } from './prune-options.js';
export { type ScanOptions, scan } from './scan.js';
export { snapshotNames } from './snapshot-names.js';
export { cpuLimit, type MachineLimits, threadCount } from './thread-count.js';
export { walker } from './walker.js';
