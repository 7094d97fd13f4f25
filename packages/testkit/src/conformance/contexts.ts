import {
  fullEntrySchema,
  type SinkContext,
  type SourceContext,
  type StageContext,
} from '@pwalk/core';
import type { Trial } from './trial.js';

/** Contexts for tests that call a stage without the engine. */
export function stageContext(trial: Trial, dryRun = false): StageContext {
  return {
    stage: `${trial.stage.name}#1`,
    scan: {
      id: 'conformance',
      roots: [trial.directory],
      rootBytes: [Buffer.from(trial.directory)],
      host: 'host',
      version: '0.0.0',
      startedAt: new Date(0),
      options: {},
    },
    signal: new AbortController().signal,
    dryRun,
    memory: 256 * 1024 * 1024,
    warn: () => {},
  };
}

export function sinkContext(trial: Trial): SinkContext {
  return { ...stageContext(trial), registerOwnFile: () => {} };
}

export function sourceContext(trial: Trial, columns?: readonly string[]): SourceContext {
  return {
    ...stageContext(trial),
    columns: new Set(columns ?? fullEntrySchema.fields.map(({ name }) => name)),
    reusesMemory: false,
    ownFiles: [],
  };
}
