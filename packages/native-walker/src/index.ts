export { eachBatch, entries } from '@pwalk/core';
export type { WalkerOptions } from './options.js';
export { type PruneOptions, pruneOptions } from './prune-options.js';
export { scan } from './scan.js';
export type { ScanOptions } from './scan-options.js';
export { describeRemaining, lockFile, requireNativeWalker } from './scan-support.js';
export { snapshotNames } from './snapshot-names.js';
export {
  cpuLimit,
  type MachineLimits,
  type ThreadRange,
  threadCount,
  threadRange,
} from './thread-count.js';
export { decodePath, encodePath } from './walk/surrogate-escape.js';
export type { WalkProgress, WalkStep } from './walk/traversal.js';
export { walk, walkPruned, walkSync } from './walk/walk.js';
export type { WalkError } from './walk/walk-error.js';
export type { WalkOptions } from './walk/walk-options.js';
export type { WalkTop } from './walk/walk-top.js';
export { type Remaining, type RootIdentity, WalkPart, type WalkPartOptions } from './walk-part.js';
export { walker } from './walker.js';
