#!/usr/bin/env node
// plugins.mjs [--tree wide] [--rounds 9]
//
// What a plugin from elsewhere costs: a pipeline whose sink looks at no value, against the same with a
// sink that sums a column and with a filter that looks at one; wall and CPU as ratios within a round, by
// their median. The walk is the same in all of them: every sink declares the column.
import { parseArgs } from 'node:util';
import { definePlugin, runPipeline } from '../packages/core/dist/index.js';
import { walker } from '../packages/native-walker/dist/index.js';
import { machine } from './machine.mjs';
import { tree } from './make-tree.mjs';
import { median } from './measure.mjs';
import { table } from './page.mjs';

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: 'wide' },
    rounds: { type: 'string', default: '9' },
  },
});
const root = tree(values.tree);

const options = { '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) } };
const plugin = (kind, name, create) =>
  definePlugin({
    name,
    kind,
    pwalk: '*',
    options,
    capabilities: { columns: ['size'], releases: true },
    create,
  })();

const bareSink = () => plugin('sink', 'bare', () => ({ write() {} }));
const summingSink = () =>
  plugin('sink', 'summing', () => {
    let bytes = 0n;
    return {
      write(batch) {
        const { values: sizes } = batch.column('size');
        for (let row = 0; row < batch.length; row++) bytes += sizes[row];
      },
      outputs: () => [{ path: '-', format: 'sum', rows: 0, bytes: Number(bytes) }],
    };
  });
const readingFilter = () =>
  plugin('filter', 'reading', () => ({
    map(batch) {
      const { values: sizes } = batch.column('size');
      let empty = 0;
      for (let row = 0; row < batch.length; row++) if (sizes[row] === 0n) empty++;
      return empty === batch.length ? null : batch;
    },
  }));

const contestants = {
  'bare pipeline': () => ({ sinks: [bareSink()] }),
  'a sink that sums a column': () => ({ sinks: [summingSink()] }),
  'a filter that reads a column': () => ({ filters: [readingFilter()], sinks: [bareSink()] }),
};

async function once(stages) {
  const before = process.cpuUsage();
  const started = performance.now();
  const { rows } = await runPipeline({ source: walker({ roots: [root] }), ...stages() });
  const { user, system } = process.cpuUsage(before);
  return { rows, wall: performance.now() - started, cpu: (user + system) / 1000 };
}

const rounds = [];
for (let round = 0; round <= Number(values.rounds); round++) {
  const times = new Map();
  for (const [name, stages] of Object.entries(contestants)) times.set(name, await once(stages));
  // The first warms up.
  if (round > 0) rounds.push(times);
}

const rows = Object.keys(contestants).map((name) => {
  const all = (key) => rounds.map((times) => times.get(name)[key]);
  const ratio = (key) =>
    median(rounds.map((times) => times.get(name)[key] / times.get('bare pipeline')[key])).toFixed(
      3,
    );
  return [
    name,
    median(all('wall')).toFixed(0),
    median(all('cpu')).toFixed(0),
    ratio('wall'),
    ratio('cpu'),
  ];
});
console.log(`${rounds[0].get('bare pipeline').rows} entries; ${machine(root)}\n`);
console.log(table(['pipeline', 'wall ms', 'CPU ms', 'wall ratio', 'CPU ratio'], rows));
