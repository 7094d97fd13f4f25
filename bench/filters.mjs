#!/usr/bin/env node
// filters.mjs [--tree small] [--rounds 5]
//
// What filters cost, and several outputs from one walk:
//   - nanoseconds of CPU an entry for filters over the batches of a real walk, a million entries and
//     more, kept in memory, selecting included;
//   - one walk into Parquet, dey-csv and a summary at once against Parquet alone, wall and CPU, as
//     ratios within a round, by their median.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';
import { benchDirectory, tree } from './make-tree.mjs';
import { measure, median } from './measure.mjs';
import { table } from './page.mjs';

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: 'small' },
    rounds: { type: 'string', default: '5' },
  },
});
const rounds = Number(values.rounds);
const ENTRIES = 1_000_000;

const project = fileURLToPath(new URL('..', import.meta.url));
const load = (path) => import(pathToFileURL(join(project, path)).href);
const { definePlugin, defaultEntrySchema, runPipeline } = await load('packages/core/dist/index.js');
const { walker } = await load('packages/native-walker/dist/index.js');
const { age, glob, keep, mode, regex, size, type, where } = await load(
  'packages/filters/dist/index.js',
);

const anything = { '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value }) } };

/** The batches of a walk, kept. */
async function batchesOf(root) {
  const batches = [];
  const kept = definePlugin({
    name: 'kept',
    kind: 'sink',
    pwalk: '*',
    options: anything,
    capabilities: { columns: 'all' },
    create: () => ({ write: (batch) => void batches.push(batch) }),
  });
  await runPipeline({ source: walker({ roots: [root] }), sinks: [kept()] });
  return batches;
}

/** A filter as a user writes one, asking the batch for a row's value. */
const perRow = definePlugin({
  name: 'per-row',
  kind: 'filter',
  pwalk: '*',
  options: anything,
  capabilities: { columns: ['uid', 'nlink'] },
  create: () => ({
    map(batch) {
      const uid = batch.column('uid');
      const nlink = batch.column('nlink');
      const mask = new Uint8Array(batch.length);
      for (let row = 0; row < mask.length; row++) {
        mask[row] = uid.get(row) === 0 && nlink.get(row) > 1 ? 1 : 0;
      }
      return batch.select(mask);
    },
  }),
});

const contestants = [
  ['columnar', "where('size > 1GiB')", where('size > 1GiB')],
  ['columnar', "where('mtime < now - 2y')", where('mtime < now - 2y')],
  ['columnar', "size({ over: '1MiB' })", size({ over: '1MiB' })],
  ['columnar', "age({ over: '2y' })", age({ over: '2y' })],
  ['columnar', "type('file')", type('file')],
  ['columnar', "mode('world-writable')", mode('world-writable')],
  [
    'columnar, joined',
    `where('size > 1GiB && mtime < now - 2y && ext in ["bam", "fastq"]')`,
    where('size > 1GiB && mtime < now - 2y && ext in ["bam", "fastq"]'),
  ],
  ['calculated', "where('blocks * 512 < size')", where('blocks * 512 < size')],
  ['text', "glob('*.bam')", glob('*.bam')],
  ['text', "regex('_\\\\d*99')", regex('_\\d*99')],
  ['per row, plain JavaScript', 'uid.get(row) === 0 && nlink.get(row) > 1', perRow({})],
  [
    'per row, keep()',
    '({ uid }) => uid === 0',
    keep({ columns: ['uid'], when: ({ uid }) => uid === 0 }),
  ],
];

async function opened({ plugin, options }) {
  const { value } = await plugin.options['~standard'].validate(options);
  const filter = await plugin.create(value);
  const scan = { startedAt: new Date() };
  await filter.open?.(defaultEntrySchema, { scan, signal: new AbortController().signal });
  return filter;
}

/** Nanoseconds of CPU an entry; the best of the rounds: what others take of the machine is not its cost. */
function costOf(filter, batches) {
  const rows = batches.reduce((sum, batch) => sum + batch.length, 0);
  const times = Math.ceil(ENTRIES / rows);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time++) for (const batch of batches) filter.map(batch);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, ((user + system) * 1000) / (rows * times));
  }
  return best;
}

/** Wall and CPU of a report into some outputs. */
function report(root, outputs) {
  const flags = outputs.flatMap(([name, format]) => [
    '-o',
    join(benchDirectory, name),
    '--format',
    format,
  ]);
  const command = join(project, 'packages/cli/bin/run.js');
  return measure({ command: [process.execPath, command, 'report', root, '-q', ...flags] });
}

mkdirSync(benchDirectory, { recursive: true });
const root = tree(values.tree);
const entries = Number(execFileSync('sh', ['-c', 'find "$0" -printf x | wc -c', root]));
console.log(`${machine(benchDirectory)}.\n`);

const batches = await batchesOf(root);
const costs = [];
for (const [kind, text, stage] of contestants) {
  const cost = costOf(await opened(stage), batches);
  costs.push([kind, `\`${text.replaceAll('|', '\\|')}\``, cost.toFixed(1)]);
}
console.log(table(['filter', '', 'CPU ns/entry'], costs));

const one = [['bench-one.parquet', 'parquet']];
const three = [
  ['bench-three.parquet', 'parquet'],
  ['bench-three.csv', 'dey-csv'],
  ['bench-three.json', 'summary'],
];
report(root, one);
report(root, three);
const ratios = [];
for (let round = 0; round < rounds; round++) {
  const alone = report(root, one);
  const together = report(root, three);
  ratios.push({
    wall: together.wallSeconds / alone.wallSeconds,
    cpu: together.cpuSeconds / alone.cpuSeconds,
  });
}
for (const [name] of [...one, ...three]) rmSync(join(benchDirectory, name), { force: true });
const shown = (key) => {
  const all = ratios.map((ratio) => ratio[key]);
  return `${median(all).toFixed(2)} (${Math.min(...all).toFixed(2)}–${Math.max(...all).toFixed(2)})`;
};
console.log(`
Parquet, dey-csv and a summary at once, against Parquet alone: ${entries.toLocaleString('en-US')} entries, ${rounds} rounds,
wall ${shown('wall')}, CPU ${shown('cpu')}.`);
