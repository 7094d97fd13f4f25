#!/usr/bin/env node
// checkpoint.mjs [--tree wide] [--rounds 9] [--write]
//
// What checkpoints cost a report to Parquet: interleaved rounds, ratios to the report without them within
// a round, their median. A scan of a few seconds has no commit at the default interval but the last one;
// so it is also run with commits as often as the rule of five percent allows, and what one of them takes is
// told. --write puts the table into docs/internals/performance.md.
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './machine.mjs';
import { benchDirectory, tree } from './make-tree.mjs';
import { measure, median } from './measure.mjs';
import { table, writeSection } from './page.mjs';

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: 'wide' },
    rounds: { type: 'string', default: '9' },
    write: { type: 'boolean', default: false },
  },
});

const command = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/cli/bin/run.js');
const root = tree(values.tree);
const output = join(benchDirectory, 'checkpointed');

const contestants = [
  ['without', 'checkpointed.parquet', []],
  ['`-o scan/ --checkpoint`', 'checkpointed', ['--checkpoint']],
  ['`-o x.parquet --checkpoint`', 'checkpointed.parquet', ['--checkpoint']],
  ...['1s', '100ms', '1ms'].map((interval) => [
    `\`--checkpoint-interval ${interval}\``,
    'checkpointed',
    ['--checkpoint', '--checkpoint-interval', interval],
  ]),
];

function clear() {
  for (const ending of ['', '.parquet', '.parquet.scan'])
    rmSync(`${output}${ending}`, { recursive: true, force: true });
}

function once([, name, flags]) {
  clear();
  const report = [process.execPath, command, 'report', root, '-q', ...flags];
  const { status, wallSeconds, cpuSeconds } = measure({
    command: [...report, '-o', join(benchDirectory, name)],
  });
  if (status !== 0) throw new Error(`a report ended with ${status}`);
  const parts = name === 'checkpointed' ? readdirSync(join(output, 'parts')).length : 1;
  return { wall: wallSeconds, cpu: cpuSeconds, parts };
}

const rounds = [];
for (let round = 0; round <= Number(values.rounds); round++) {
  const runs = contestants.map(once);
  // The first warms up.
  if (round > 0) rounds.push(runs);
}
clear();

const rows = contestants.map(([name], at) => {
  const of = (key) => median(rounds.map((runs) => runs[at][key]));
  const ratio = (key) => median(rounds.map((runs) => runs[at][key] / runs[0][key])).toFixed(3);
  const parts = of('parts');
  // Against the scan of one part, which has everything but commits on the way.
  const commit = median(
    rounds.map((runs) => (runs[at].wall - runs[1].wall) / (runs[at].parts - 1)),
  );
  return [
    name,
    at === 0 ? '' : String(parts),
    of('wall').toFixed(2),
    of('cpu').toFixed(2),
    ratio('wall'),
    ratio('cpu'),
    at > 2 && parts > 1 ? `${(commit * 1000).toFixed(0)} ms` : '',
  ];
});
const head = ['', 'parts', 'wall s', 'CPU s', 'wall ratio', 'CPU ratio', 'a commit'];
const section = `${machine(benchDirectory)}; the tree \`${values.tree}\`, ${values.rounds} rounds.\n\n${table(head, rows)}`;
console.log(section);
if (values.write) writeSection('checkpoint', section);
