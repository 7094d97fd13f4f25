import type { BuiltIns } from '@pwalk/core/config';

/** Plugins that a config may name without installing them. Each is loaded when it is named. */
export const builtIns: BuiltIns = {
  walker: async () => (await import('@pwalk/native-walker')).walker,
  parquet: async () => (await import('@pwalk/sink-parquet')).parquet,
  csv: async () => (await import('@pwalk/sink-csv')).csv,
};
