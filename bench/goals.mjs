#!/usr/bin/env node
// npm run bench -- goals [--only million,walk,flat,slow,warm,cold,memory,start --rounds 5 --patience 60 --write]
//
// The goals of the project for speed and memory, each measured as a ratio in one interleaved run, with its
// bar and its goal beside it. What cannot be measured here (slow storage needs root and libfuse3-dev, a
// cold cache needs root) is said to be so. --write puts the table into docs/internals/performance.md.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { residentSize, startUp } from './goals/footprint.mjs';
import { disturbances } from './goals/interleave.mjs';
import { flatDirectory, million, walking } from './goals/speed.mjs';
import { coldCache, slowStorage, warmCache } from './goals/threads.mjs';
import { machine } from './machine.mjs';
import { benchDirectory } from './make-tree.mjs';
import { table, writeSection } from './page.mjs';

const groups = {
  million,
  walk: walking,
  flat: flatDirectory,
  slow: slowStorage,
  warm: warmCache,
  cold: coldCache,
  memory: residentSize,
  start: startUp,
};

const { values } = parseArgs({
  args: process.argv.slice(process.argv[2] === 'goals' ? 3 : 2),
  options: {
    only: { type: 'string', default: Object.keys(groups).join() },
    rounds: { type: 'string', default: '5' },
    patience: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
  },
});

/** A figure of a size worth printing: 1.234 has two decimals, 61.7 none. */
function short(value) {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 0);
}

function verdict(figure, limit, unit) {
  if (limit === null) return '';
  return `${limit}${unit} ${figure <= limit ? 'met' : '**missed**'}`;
}

function cells({ what, unit = '', figure, least, most, seconds, bar, goal }) {
  return [
    what,
    `${short(figure)}${unit} (${short(least)}–${short(most)})`,
    verdict(figure, bar, unit),
    verdict(figure, goal, unit),
    seconds === undefined ? '' : seconds.map((time) => `${time.toFixed(2)} s`).join(' / '),
  ];
}

const names = values.only.split(',');
const unknown = names.find((name) => !Object.hasOwn(groups, name));
if (unknown !== undefined) {
  throw new Error(`there is no goal "${unknown}"; there are ${Object.keys(groups).join(', ')}`);
}
const settings = { rounds: Number(values.rounds), patience: Number(values.patience) };
const rows = [];
const rounds = [];
mkdirSync(benchDirectory, { recursive: true });
for (const name of names) {
  console.error(`${name} …`);
  try {
    const measured = await groups[name](settings);
    rounds.push(...measured.rounds);
    for (const row of measured.rows) rows.push(cells(row));
  } catch (error) {
    rows.push([`${name}: not measured, ${error.message}`, '', '', '', '']);
  }
}
const { runs, disturbed } = disturbances(rounds);
const text = [
  `${machine(benchDirectory)}; ${settings.rounds} rounds.`,
  `In ${disturbed} of ${runs} runs others used more than 5 % of the machine.`,
  table(['what', 'median (range)', 'bar', 'goal', 'seconds'], rows),
].join('\n\n');
console.log(text);
if (values.write) writeSection('goals', text);
