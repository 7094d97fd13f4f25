#!/usr/bin/env node
// scale.mjs [--full] [--real] [--memory 64MiB] [--only none,parquet] [--runs 3] [--write]
//
// How memory and time grow with the number of entries: from 100,000 to 10,000,000 made-up ones (--full:
// 100,000,000), or with --real in trees on a disk, the hardest of shapes among them. Each pipeline is a
// process of its own; the kernel says the most memory it took, and CPU. What `node -e 0` takes is taken off.
// --write puts the table into docs/internals/scale.md.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSize } from '../packages/core/dist/index.js';
import { machine } from './machine.mjs';
import { benchDirectory, tree } from './make-tree.mjs';
import { measure, median } from './measure.mjs';
import { table, writeSection } from './page.mjs';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    memory: { type: 'string', default: '64MiB' },
    only: { type: 'string' },
    runs: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const budget = parseSize(values.memory);
const number = new Intl.NumberFormat('en-US');

/** Runs of more entries are not repeated. */
const MOST_REPEATED = 1_000_000;

const madeUp = [1e5, 1e6, 1e7, ...(values.full ? [1e8] : [])].map((entries) => ({
  name: number.format(entries),
  source: { entries },
  entries,
}));

const real = [
  ['small', '100,000'],
  ['wide', '1,000,000'],
  ['crowded', '2,000,000 in one directory'],
  ['nested', 'a chain of 100,000 directories'],
].map(([name, title]) => ({
  name: title,
  source: { roots: [join(benchDirectory, name)], isDeep: name === 'nested' },
  make: () => tree(name),
  entries: MOST_REPEATED,
}));

const ways = [
  ['nothing', 'none'],
  ['nothing, 2 ms for each batch', 'none', 2],
  ['the same, spilled', 'none', 2, 'spill'],
  ['Parquet', 'parquet'],
  ['`--directories`, `--hard-links`', 'directories'],
  ['Parquet and both', 'parquet+directories'],
].filter(([, sink]) => values.only === undefined || values.only.split(',').includes(sink));

const output = join(benchDirectory, 'scale-output');
const script = fileURLToPath(new URL('scale-run.mjs', import.meta.url));

function clear() {
  for (const name of readdirSync(benchDirectory)) {
    if (name.startsWith('scale-output')) rmSync(join(benchDirectory, name));
  }
}

/** One pipeline: the most MiB over bare Node's, and CPU µs for each entry. */
function once(bare, { source }, [, sink, delay = 0, overflow = 'pause']) {
  const { isDeep: _, ...given } = source;
  const spec = {
    source: given,
    isDeep: source.isDeep,
    sink,
    memory: budget,
    delay,
    overflow,
    output,
  };
  const run = measure({
    command: [process.execPath, script, JSON.stringify(spec)],
    prints: 'json',
  });
  clear();
  if (run.status !== 0)
    throw new Error(`a pipeline ended with ${run.status}: ${JSON.stringify(spec)}`);
  const { entries } = run.said;
  return {
    mib: (run.peakKib - bare.peakKib) / 1024,
    cpu: ((run.cpuSeconds - bare.cpuSeconds) * 1e6) / entries,
  };
}

/** What Node takes that does nothing. */
function bareNode() {
  const runs = Array.from({ length: 5 }, () => measure({ command: [process.execPath, '-e', '0'] }));
  const of = (key) => median(runs.map((run) => run[key]));
  return { peakKib: of('peakKib'), cpuSeconds: of('cpuSeconds') };
}

const trees = values.real ? real : madeUp;
for (const { make } of trees) make?.();
const bare = bareNode();
const rows = [];
for (const one of trees) {
  for (const way of ways) {
    const count = one.entries > MOST_REPEATED ? 1 : Number(values.runs);
    const runs = Array.from({ length: count }, () => once(bare, one, way));
    const of = (key) => median(runs.map((run) => run[key]));
    const row = [one.name, way[0], of('mib').toFixed(0), of('cpu').toFixed(2)];
    console.error(row.join('  '));
    rows.push(row);
  }
}
const head = ['entries', 'to', 'peak MiB over Node', 'CPU µs an entry'];
const section = `${machine(benchDirectory)}; \`--memory ${values.memory}\`; \`node -e 0\` takes ${(bare.peakKib / 1024).toFixed(0)} MiB.\n\n${table(head, rows)}`;
console.log(section);
if (values.write) writeSection(values.real ? 'real' : 'made-up', section, 'scale');
