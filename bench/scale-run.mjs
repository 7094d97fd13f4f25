// scale-run.mjs '{"source": …, "sink": "parquet+directories", "memory": bytes, "delay": ms, "overflow": "spill", "output": path}'
//
// One pipeline of the scale bench, in a process of its own: prints {"entries", "directories", "spilled"}.

import { dirname } from 'node:path';

import { definePlugin, runPipeline } from '../packages/core/dist/index.js';

const { source, isDeep, sink, memory, delay, overflow, output } = JSON.parse(process.argv[2]);

// Each pipeline loads what it is made of, and no more.
const load = async (path, name) => (await import(`../packages/${path}`))[name];

/** A sink that takes a while for each batch, and nothing else. */
const none = definePlugin({
  name: 'none',
  kind: 'sink',
  pwalk: '*',
  options: { '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) } },
  capabilities: { columns: 'all', releases: true },
  create: () => ({
    write: () => (delay > 0 ? new Promise((resolve) => setTimeout(resolve, delay)) : undefined),
  }),
});

const sinks = {
  none: async () => none({}),
  parquet: async () => {
    const parquet = await load('sink-parquet/dist/index.js', 'parquet');
    return parquet({ path: `${output}.parquet` });
  },
  directories: async () => {
    const directories = await load('cli/dist/directories.js', 'directories');
    const [path, hardLinks] = ['directories', 'links'].map((name) => `${output}-${name}.parquet`);
    return directories({ path, hardLinks });
  },
};

async function chosenSource() {
  const isMadeUp = source.roots === undefined;
  return isMadeUp
    ? (await load('testkit/dist/synthetic/index.js', 'synthetic'))(source)
    : (await load('native-walker/dist/index.js', 'walker'))(source);
}

const result = await runPipeline({
  source: await chosenSource(),
  sinks: await Promise.all(sink.split('+').map((name) => sinks[name]())),
  memory,
  overflow,
  spillDir: dirname(output),
});
const { accounting, outputs } = result;
for (const { path, rows, table } of outputs) {
  const expected =
    table === 'directories' ? accounting.directories : table === undefined ? accounting.rows : rows;
  // Directories whose paths are too long for the entries table have no totals of their own.
  if (rows !== expected && isDeep !== true) {
    throw new Error(`"${path}" has ${rows} rows instead of ${expected}`);
  }
}
const { rows: entries, directories } = accounting;
console.log(JSON.stringify({ entries, directories, spilled: result.overflow }));
