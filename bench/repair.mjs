#!/usr/bin/env node
// repair.mjs [--tree wide] [--rounds 5] [--threads N] [--bad WHAT …]: what planning a repair costs, against
// the bare scan of the same columns. WHAT is a percentage: a tree of make-tree.mjs, its own copy, is given a
// good group and so many of its entries a bad one. Or it is `root`: all of it has root's group, there is none to
// take, and directories are to get setgid; `root-no-setgid`: not even that. Default 0, 2, 10 and both of root.
// Needs root, to change groups.
//
// Prints a line of JSON for each: medians of both, and the medians of the ratios of pairs that
// ran one after the other, in wall and in processor time (which other work on the machine changes less).
import { lchownSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plannedColumns as columns } from '../packages/action-repair/dist/scanned-columns.js';
import { repair, scan } from '../packages/cli/dist/index.js';
import { benchDirectory, tree } from './make-tree.mjs';

const GOOD = 4242;
const BAD = 7777;

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: 'wide' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string' },
    bad: { type: 'string', multiple: true, default: ['0', '2', '10', 'root', 'root-no-setgid'] },
  },
});
const threads = values.threads === undefined ? {} : { threads: Number(values.threads) };

/** Gives every entry root's group; or the good one, and as many in a hundred a bad one, the same each time. */
function giveGroups(root, what) {
  const isRoots = what.startsWith('root');
  const good = isRoots ? 0 : GOOD;
  const bad = isRoots ? 0 : BAD;
  let seen = 0;
  const give = (path) => {
    const isBad = (seen++ * 37) % 100 < Number(what);
    lchownSync(path, 0, isBad ? bad : good);
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
  lchownSync(root, 0, good);
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
for (const what of values.bad) {
  giveGroups(root, what);
  let planned = 0;
  const bare = () =>
    new Promise((complete, error) => {
      const batches = scan(root, { columns, oneFileSystem: true, reuseMemory: true, ...threads });
      batches.subscribe({ complete, error });
    });
  const plan = async () => {
    const options = { changeGids: [BAD], setgid: what === 'root', allowUnknownGid: true };
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
      bad: what,
      planned,
      scanSeconds: of(({ scanned }) => scanned.seconds),
      planSeconds: of(({ made }) => made.seconds),
      ratio: of(({ scanned, made }) => made.seconds / scanned.seconds),
      cpuRatio: of(({ scanned, made }) => made.cpu / scanned.cpu),
    }),
  );
}
