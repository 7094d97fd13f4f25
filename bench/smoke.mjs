#!/usr/bin/env node
// npm run bench:smoke
//
// Whether something has become slow that was not: the CPU time of a scan, of walks and of reports as a
// multiple of the floor's in the same rounds, where half a minute and a busy machine must do. So the limits
// are about twice what docs/internals/performance.md has, and what is beyond one is measured again before
// it fails. The start of Node and of the command is taken off, as a report of an empty directory has it.
// The last line is "N passed, N failed". How fast things are is for `npm run bench` to say.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildFloor, report } from './contestants.mjs';
import { interleave, runOnce, spread } from './goals/interleave.mjs';
import { benchDirectory, tree } from './make-tree.mjs';

const ROUNDS = 3;
const ATTEMPTS = 3;

const scriptHere = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What is measured: CPU seconds `of` a run, less those of `without`, at most `limit` times those of `floor`. */
const limits = [
  { of: 'scan()', floor: 'floor', limit: 3 },
  { of: 'pwalk walk()', floor: 'floor, names only', limit: 5 },
  { of: 'pwalk walkSync()', floor: 'floor, names only', limit: 5 },
  { of: 'parquet', without: 'parquet of nothing', floor: 'floor', limit: 4 },
  { of: 'dey-csv', without: 'dey-csv of nothing', floor: 'floor', limit: 4 },
  { of: 'csv', without: 'csv of nothing', floor: 'floor', limit: 6 },
];

function contestants(root, empty) {
  const threads = availableParallelism();
  const floor = [buildFloor(), '-t', `${threads}`];
  const script = (name, ...args) => [process.execPath, scriptHere(name), ...args];
  const walk = (name) => ({ name, command: script('walk-contestants.mjs', name, root) });
  const own = [
    { name: 'floor', command: [...floor, root] },
    { name: 'floor, names only', command: [...floor, '-m', 'none', root] },
    { name: 'scan()', command: script('scan.mjs', root, `${threads}`) },
    walk('pwalk walk()'),
    walk('pwalk walkSync()'),
  ];
  return [
    ...own.map((contestant) => ({ ...contestant, prints: 'json', ownClock: true })),
    ...['parquet', 'dey-csv', 'csv'].flatMap((format) => [
      { ...report([root], threads, format), name: format },
      { ...report([empty], threads, format), name: `${format} of nothing` },
    ]),
  ];
}

/** Measures those that are not within their limits yet. @returns those that still are not */
async function measureAll(list, pending) {
  const needed = new Set(pending.flatMap(({ of, without, floor }) => [of, without, floor]));
  const rounds = await interleave(
    list.filter(({ name }) => needed.has(name)),
    ROUNDS,
    runOnce,
  );
  return pending.filter(({ of, without, floor, limit }) => {
    const { figure } = spread(rounds, (round) => {
      const start = without === undefined ? 0 : round.get(without).cpuSeconds;
      return (round.get(of).cpuSeconds - start) / round.get(floor).cpuSeconds;
    });
    const ok = figure <= limit;
    console.log(
      `${of}: ${figure.toFixed(2)} times the CPU time of the ${floor}, at most ${limit}: ${ok ? 'ok' : 'TOO MUCH'}`,
    );
    return !ok;
  });
}

const compiler = process.env.CXX ?? 'g++';
if (process.platform !== 'linux' || spawnSync(compiler, ['--version']).status !== 0) {
  console.log(
    `Nothing is compared: there is no ${compiler} for Linux here to build the floor with.`,
  );
  console.log('0 passed, 0 failed');
} else {
  mkdirSync(benchDirectory, { recursive: true });
  const empty = mkdtempSync(join(benchDirectory, 'empty-'));
  let pending = limits;
  try {
    const list = contestants(tree('small'), empty);
    for (let attempt = 0; attempt < ATTEMPTS && pending.length > 0; attempt++) {
      pending = await measureAll(list, pending);
    }
  } finally {
    rmSync(empty, { recursive: true });
  }
  console.log(`${limits.length - pending.length} passed, ${pending.length} failed`);
  process.exitCode = pending.length > 0 ? 1 : 0;
}
