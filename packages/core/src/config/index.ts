export { fitsRange } from '../pipeline/check-pipeline.js';
export type {
  ConfigEnvironment,
  ConfigExport,
  FilteredSinkUse,
  NamedStage,
  PipelineConfig,
  PipelineConfigs,
  PwalkConfig,
  StageUse,
} from './define-config.js';
export { configNames, findConfig } from './find-config.js';
export { type LoadedConfig, type LoadOptions, loadConfig } from './load-config.js';
export {
  choosePipeline,
  type ResolvedPipeline,
  type ResolveOptions,
  resolvePipeline,
} from './resolve-pipeline.js';
export { type BuiltIns, type Lookup, loadPlugin, resolveStage } from './resolve-stage.js';
