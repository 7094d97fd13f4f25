export * from '@pwalk/core';
export {
  type ScanOptions,
  scan,
  snapshotNames,
  type WalkerOptions,
  walker,
} from '@pwalk/native-walker';
export { parquet } from '@pwalk/sink-parquet';
export { type ReportOptions, type ReportSummary, report } from './report.js';
