#!/usr/bin/env node
// concurrency.mjs [--rounds 5] [--only warm,cold,slow,flat] [--slow-tree PATH] [--write]: what leaving the
// number of threads to the walker costs against fixed ones, as ratios within a round.
//
//   warm  small, everything cached           cold  the same, nothing cached
//   slow  small, half a millisecond a call   flat  one directory of 500,000 files, cached
//
// The floor splits the stats of a directory as the walker does, and on slow storage has 32 threads.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildFloor } from './contestants.mjs';
import { machine } from './machine.mjs';
import { benchDirectory, tree } from './make-tree.mjs';
import { median } from './measure.mjs';
import { table, writeSection } from './page.mjs';
import { mountSlow } from './slow-fs/mount.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'warm,cold,slow,flat' },
    'slow-tree': { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const cpus = availableParallelism();
const scan = fileURLToPath(new URL('scan.mjs', import.meta.url));
const floor = buildFloor();
const floorWith = (threads, chunk) => ['floor', [floor, '-t', `${threads}`, '-c', `${chunk}`]];
const fixed = (threads) => [`${threads} threads`, [process.execPath, scan], [`${threads}`]];
const chosen = ['unset', [process.execPath, scan]];

const dropCaches = () => {
  execFileSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3');
};

/** Each: a tree, how it is shown, what happens before each run, who walks it. */
const situations = {
  warm: { root: () => tree('small'), fixed: [cpus, 4, 16], floor: floorWith(cpus, 1024) },
  cold: {
    root: () => tree('small'),
    before: dropCaches,
    fixed: [cpus, 4, 8, 16, 32],
    floor: floorWith(8, 1024),
  },
  slow: {
    root: () => values['slow-tree'] ?? tree('small'),
    mount: mountSlow,
    fixed: [8, 16, 32, 64],
    floor: floorWith(32, 16),
  },
  flat: { root: () => tree('flat'), fixed: [cpus], floor: floorWith(cpus, 1024) },
};

function run([file, ...args]) {
  return JSON.parse(execFileSync(file, args, { encoding: 'utf8' })).seconds;
}

async function once({ before, mount }, root, [, command, after = []]) {
  const mounted = await mount?.(root);
  try {
    before?.();
    return run([...command, mounted?.path ?? root, ...after]);
  } finally {
    await mounted?.unmount();
  }
}

const rows = [];
for (const name of values.only.split(',')) {
  const situation = situations[name];
  const root = situation.root();
  const contestants = [situation.floor, chosen, ...situation.fixed.map(fixed)];
  const times = contestants.map(() => []);
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const [at, contestant] of contestants.entries()) {
      const seconds = await once(situation, root, contestant);
      // The first round warms up what is to be warm.
      if (round > 0) times[at].push(seconds);
    }
  }
  const against = (other) => median(times[1].map((seconds, at) => seconds / other[at])).toFixed(2);
  const [best] = situation.fixed
    .map((threads, at) => ({ threads, times: times[at + 2] }))
    .sort((a, b) => median(a.times) - median(b.times));
  const row = [
    name,
    median(times[0]).toFixed(3),
    median(times[1]).toFixed(3),
    `${median(best.times).toFixed(3)} (${best.threads})`,
    against(times[0]),
    against(best.times),
  ];
  console.log(row.join('  '));
  for (const [at, [label]] of contestants.entries()) {
    console.log(`  ${label}: ${times[at].map((seconds) => seconds.toFixed(3)).join(' ')}`);
  }
  rows.push(row);
}

const text = [
  `${machine(benchDirectory)}, ${values.rounds} rounds`,
  table(
    ['', 'floor s', 'unset s', 'best fixed s (threads)', 'unset / floor', 'unset / best fixed'],
    rows,
  ),
].join('\n\n');
if (values.write) writeSection('concurrency', text);
else console.log(`\n${text}`);
