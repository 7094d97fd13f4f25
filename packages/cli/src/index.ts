export {
  type ApplyOptions,
  applyPlan,
  permissionRepair,
  type RepairResult,
  type RepairSummary,
  type SkipReason,
  type UndoOptions,
  undo,
} from '@pwalk/action-repair';
export * from '@pwalk/core';
export { OutputFile } from '@pwalk/core/io';
export {
  age,
  glob,
  group,
  hardlinks,
  keep,
  mode,
  owner,
  regex,
  size,
  type,
  where,
} from '@pwalk/filters';
export {
  decodePath,
  encodePath,
  type ScanOptions,
  scan,
  snapshotNames,
  type WalkError,
  type WalkerOptions,
  type WalkOptions,
  type WalkProgress,
  type WalkStep,
  type WalkTop,
  walk,
  walker,
  walkSync,
} from '@pwalk/native-walker';
export { arrow } from '@pwalk/sink-arrow';
export { csv } from '@pwalk/sink-csv';
export { jsonl } from '@pwalk/sink-jsonl';
export { parquet } from '@pwalk/sink-parquet';
export { summary } from '@pwalk/sink-summary';
export type { Compression } from './compression.js';
export { directories } from './directories.js';
export type { FailedEntry } from './failed-entries.js';
export type { Format } from './output-format.js';
export { type RepairSettings, repair } from './repair.js';
export { type ReportSummary, report } from './report.js';
export type { OutputOptions, OutputSettings, ReportOptions } from './report-options.js';
export type { ReportProgress } from './report-progress.js';
export type { CheckpointOptions } from './scan-directory/checkpoint-options.js';
export { type ResumeOptions, resume } from './scan-directory/scan.js';
