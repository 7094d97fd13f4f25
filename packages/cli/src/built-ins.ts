import type { BuiltIns } from '@pwalk/core/config';

/** Plugins that a config may name without installing them. Each is loaded when it is named. */
export const builtIns: BuiltIns = {
  walker: async () => (await import('@pwalk/native-walker')).walker,
  parquet: async () => (await import('@pwalk/sink-parquet')).parquet,
  csv: async () => (await import('@pwalk/sink-csv')).csv,
  jsonl: async () => (await import('@pwalk/sink-jsonl')).jsonl,
  arrow: async () => (await import('@pwalk/sink-arrow')).arrow,
  directories: async () => (await import('./directories.js')).directories,
  summary: async () => (await import('@pwalk/sink-summary')).summary,
  age: async () => (await import('@pwalk/filters')).age,
  glob: async () => (await import('@pwalk/filters')).glob,
  group: async () => (await import('@pwalk/filters')).group,
  hardlinks: async () => (await import('@pwalk/filters')).hardlinks,
  mode: async () => (await import('@pwalk/filters')).mode,
  owner: async () => (await import('@pwalk/filters')).owner,
  regex: async () => (await import('@pwalk/filters')).regex,
  size: async () => (await import('@pwalk/filters')).size,
  type: async () => (await import('@pwalk/filters')).type,
  where: async () => (await import('@pwalk/filters')).where,
  repair: async () => (await import('@pwalk/action-repair')).permissionRepair,
};
