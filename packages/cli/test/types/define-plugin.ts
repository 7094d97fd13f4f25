// Checked by the compiler alone (`tsc -p tsconfig.test.json`): what must not compile does not.
import {
  type Action,
  type Capabilities,
  defineConfig,
  definePlugin,
  type EntryBatch,
  type Filter,
  type PlannedEffect,
  parquet,
  type Sink,
  type SinkContext,
  type Source,
  type SourceContext,
  type StandardSchemaV1,
  where,
} from 'pwalk';

/** Everything a plugin author needs is in the one package. */
export type Needed = [
  Action,
  Capabilities,
  EntryBatch,
  Filter,
  PlannedEffect,
  Sink,
  SinkContext,
  Source,
  SourceContext,
];

declare const path: StandardSchemaV1<
  { path: string; depth?: number },
  { path: string; depth: number }
>;
declare const nothing: StandardSchemaV1<undefined, undefined>;

export const sink = definePlugin({
  name: 'sink',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: path,
  // What the schema makes of the options arrives, not what the user gave.
  create: ({ depth }) => ({ write: (batch) => void (batch.length + depth) }),
});

export const filter = definePlugin({
  name: 'filter',
  kind: 'filter',
  pwalk: '^0.1.0',
  options: nothing,
  create: () => ({ map: (batch) => batch }),
});

sink({ path: 'x' });
filter();

// @ts-expect-error options that are needed are left out
sink();
// @ts-expect-error an option has another type
sink({ path: 7 });
// @ts-expect-error an option that is not there
sink({ path: 'x', deep: 1 });
// @ts-expect-error options where there are none
filter({ path: 'x' });

export const nameless = definePlugin({
  name: 'x',
  // @ts-expect-error a kind that is none
  kind: 'sieve',
  pwalk: '*',
  options: nothing,
  create: () => ({ write: () => {} }),
});

export const writeless = definePlugin({
  name: 'x',
  kind: 'sink',
  pwalk: '*',
  options: nothing,
  // @ts-expect-error a sink without write
  create: () => ({ open: () => {} }),
});

export const forgetful = definePlugin({
  name: 'x',
  kind: 'filter',
  pwalk: '*',
  options: nothing,
  // @ts-expect-error a map that returns nothing
  create: () => ({ map: () => {} }),
});

export const effective = definePlugin({
  name: 'x',
  kind: 'sink',
  pwalk: '*',
  options: nothing,
  capabilities: {
    // @ts-expect-error an effect that is none
    effects: ['fs:fly'],
  },
  create: () => ({ write: () => {} }),
});

// @ts-expect-error a plugin without a schema for its options
export const schemaless = definePlugin({
  name: 'x',
  kind: 'sink',
  pwalk: '*',
  create: () => ({ write: () => {} }),
});

defineConfig({ roots: ['/'], sinks: [sink({ path: 'x' }), parquet({ path: 'y' }), false] });
defineConfig(async ({ command }) => ({ roots: [command], filters: [where('size > 1')] }));
defineConfig({ pipelines: { default: { sinks: [{ use: 'csv', options: { path: '-' } }] } } });
defineConfig({ sinks: [{ filters: [filter()], sink: sink({ path: 'x' }) }] });

// @ts-expect-error a filter among the sinks
defineConfig({ sinks: [filter()] });
// @ts-expect-error the plugin itself, not a use of it
defineConfig({ sinks: [sink] });
// @ts-expect-error a sink as the source
defineConfig({ source: sink({ path: 'x' }) });
// @ts-expect-error a hook that is none
defineConfig({ timeouts: { wirte: 3 } });
// @ts-expect-error an answer that is none
defineConfig({ onError: 'retry' });
