// Writing pipelines

export type { StandardSchemaV1 } from '@standard-schema/spec';

export {
  type Accounting,
  accountingLine,
  errorCount,
  isClosed,
  isComplete,
  missingStates,
  skippedByState,
  skippedCount,
} from './accounting/accounting.js';
export { BatchBuilder } from './batch/batch-builder.js';
export {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  DictionaryColumn,
  NumberColumn,
  Utf8Column,
} from './batch/column.js';
export { type ColumnBuilder, columnBuilder, type Value } from './batch/column-builder.js';
export { Entry } from './batch/entry.js';
// Reading and making batches
export { type ColumnSource, EntryBatch, type EntryColumns } from './batch/entry-batch.js';
export type { Acknowledgement } from './batch/lease.js';
export { SlabPool } from './batch/slab-pool.js';
export {
  type ConfigEnvironment,
  type ConfigExport,
  defineConfig,
  type FilteredSinkUse,
  type NamedStage,
  type PipelineConfig,
  type PipelineConfigs,
  type PwalkConfig,
  type StageUse,
} from './config/define-config.js';
export { type ErrorCode, errorCodes, exitCodes } from './errors/codes.js';
export { describeErrno } from './errors/errno.js';
export { PwalkError, type PwalkErrorDetails } from './errors/pwalk-error.js';
export type { FileIdentity } from './io/file-identity.js';
export type { OverflowPlace, OverflowPolicy, OverflowSpec } from './overflow/batch-overflow.js';
export { DEFAULT_SPILL_LIMIT, LEAST_SPILL_LIMIT } from './overflow/batch-overflow.js';
export type { Spooled } from './overflow/batch-spool.js';
export { type CheckedPipeline, checkPipeline } from './pipeline/check-pipeline.js';
// Building engines and sources of one's own
export { DEFAULT_CREDIT, type GateOptions, throughCreditGate } from './pipeline/credit-gate.js';
export { eachBatch } from './pipeline/each-batch.js';
export { entries } from './pipeline/entries.js';
export {
  type ExplainedStage,
  type Explanation,
  explainPipeline,
} from './pipeline/explain-pipeline.js';
export type { OnError } from './pipeline/fan-out.js';
export type { CheckedSink, FilteredSink } from './pipeline/filtered-sink.js';
export { type ObserveOptions, observeSource } from './pipeline/observe-source.js';
export type { CheckedStage } from './pipeline/open-stage.js';
export { runPipeline } from './pipeline/pipeline.js';
export type { PipelineProgress, PipelineResult, PipelineSpec } from './pipeline/pipeline-spec.js';
export type { ActionSummary, EffectCounts } from './pipeline/run-actions.js';
export { DEFAULT_MEMORY } from './pipeline/run-facts.js';
export type { Action, ActionResult, PlannedEffect } from './plugin/action.js';
export type { Capabilities, Effect } from './plugin/capabilities.js';
export type { ScanFacts, SinkContext, SourceContext, StageContext } from './plugin/context.js';
export type { Filter, MapFilter, PipeFilter } from './plugin/filter.js';
export type { Closable, MaybePromise, Outcome, Success } from './plugin/outcome.js';
// Writing plugins
export {
  type AnyPlugin,
  definePlugin,
  isStage,
  type Kind,
  type Kinds,
  type PluginFactory,
  type PluginSpec,
  pluginOf,
  type Stage,
  stageOf,
} from './plugin/plugin.js';
export type { Output, Sink } from './plugin/sink.js';
export type {
  Source,
  SourceCalls,
  SourceProgress,
  SourceSpill,
  SourceThreads,
} from './plugin/source.js';
export type { Hook, Timeouts } from './plugin/timeouts.js';
export {
  type DefaultColumn,
  defaultEntrySchema,
  ENTRY_SCHEMA_VERSION,
  type EntryColumn,
  type EntryOperation,
  EntrySchema,
  type EntryState,
  type EntryType,
  entryOperations,
  entryStates,
  entryTypes,
  fullEntrySchema,
} from './schema/entry-schema.js';
export type { ColumnType, Field } from './schema/field.js';
export { escapeMessage, escapeText, unsafeCharacters } from './text/escape.js';
export { groupDigits } from './text/group-digits.js';
export { isoTime } from './text/iso-time.js';
export { formatSize, parseSize } from './text/size.js';
export { decodeName } from './text/utf8.js';
export { CORE_VERSION } from './version.js';
