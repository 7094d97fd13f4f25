#!/usr/bin/env node
// repair.mjs [--tree wide] [--rounds 5] [--threads N] [--bad PERCENT …]: what planning a repair costs,
// against the bare scan of the same columns. A tree of make-tree.mjs, its own copy, is given a good group and, for
// each round of figures, PERCENT of its entries a bad one; default 0, 2 and 10.
// Needs root, to change groups.
//
// Prints a line of JSON for each percentage: medians of both, and the medians of the ratios of pairs that
// ran one after the other, in wall and in processor time (which other work on the machine changes less).
import { lchownSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repair, scan } from '../packages/cli/dist/index.js';
import { benchDirectory, tree } from './make-tree.mjs';

/** What the planner reads. */
const columns = [
  'path',
  'path_raw',
  'type',
  'inode',
  'dev',
  'depth',
  'mode',
  'uid',
  'gid',
  'nlink',
  'state',
  'mnt_id',
];
const GOOD = 4242;
const BAD = 7777;

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: 'wide' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string' },
    bad: { type: 'string', multiple: true, default: ['0', '2', '10'] },
  },
});
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };

/** Gives every entry the good group, and a bad one to as many in a hundred, the same each time. */
function giveGroups(root, percent) {
  let seen = 0;
  const give = (path) => {
    const isBad = (seen++ * 37) % 100 < percent;
    lchownSync(path, 0, isBad ? BAD : GOOD);
  };
  const visit = (path) => {
    const directory = opendirSync(path, { bufferSize: 1024 });
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      give(child);
    }
    directory.closeSync();
  };
  visit(root);
  lchownSync(root, 0, GOOD);
}

/** Wall and processor time of some work, of all threads. */
async function cost(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const root = tree(values.tree, join(benchDirectory, 'repair'));
for (const percent of values.bad.map(Number)) {
  giveGroups(root, percent);
  let planned = 0;
  const bare = () =>
    new Promise((complete, error) => {
      const batches = scan(root, { columns, oneFileSystem: true, reuseMemory: true, ...threads });
      batches.subscribe({ complete, error });
    });
  const plan = async () => {
    const options = { changeGids: [BAD], setgid: false, allowUnknownGid: true };
    ({ planned } = await repair(root, { ...options, ...threads }));
  };
  await bare();
  await plan();
  const pairs = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    pairs.push({ scanned: await cost(bare), made: await cost(plan) });
  }
  const of = (value) => Number(median(pairs.map(value)).toFixed(3));
  console.log(
    JSON.stringify({
      bad: percent,
      planned,
      scanSeconds: of(({ scanned }) => scanned.seconds),
      planSeconds: of(({ made }) => made.seconds),
      ratio: of(({ scanned, made }) => made.seconds / scanned.seconds),
      cpuRatio: of(({ scanned, made }) => made.cpu / scanned.cpu),
    }),
  );
}
