#!/usr/bin/env node
// npm run bench [-- --tree wide --rounds 5 --write]
//
// Walks each tree with every contestant in turn, round after round, warm, and prints medians and
// ratios as a markdown table; with --write into docs/internals/performance.md. Ratios are taken
// within a round and their median is shown, so that a machine that slows down slows everybody.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.mjs';
import { benchDirectory, tree, treeNames } from './make-tree.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const page = join(project, 'docs/internals/performance.md');
const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: treeNames.join(',') },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    write: { type: 'boolean', default: false },
  },
});

mkdirSync(benchDirectory, { recursive: true });
const rusage = join(benchDirectory, 'rusage');
execFileSync(process.env.CXX ?? 'g++', [
  '-O2',
  '-std=c++20',
  '-o',
  rusage,
  join(project, 'bench/rusage.cpp'),
]);
const walkerPackage = join(project, 'packages/native-walker');
execFileSync(process.execPath, [join(project, 'scripts/build-native.mjs'), 'floor'], {
  cwd: walkerPackage,
  stdio: 'ignore',
});
const floor = join(walkerPackage, 'build/floor');

function measure(command) {
  const { stdout, stderr } = spawnSync(rusage, command, { encoding: 'utf8' });
  const run = JSON.parse(stdout);
  if (run.status !== 0)
    throw new Error(`${command.join(' ')} ended with ${run.status}: ${stderr.slice(-500)}`);
  return run;
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function compare(name) {
  const root = tree(name);
  const entries = Number(execFileSync('sh', ['-c', 'find "$0" -printf x | wc -c', root]));
  const list = contestants(root, Number(values.threads), floor);
  for (const { command } of list) measure(command);
  const rounds = Array.from({ length: Number(values.rounds) }, (_, round) => {
    process.stderr.write(`${name}: round ${round + 1}\n`);
    return new Map(list.map(({ name: who, command }) => [who, measure(command)]));
  });
  const runsOf = (who) => rounds.map((round) => round.get(who));
  const ratio = (who, to) =>
    median(rounds.map((round) => round.get(who).wallSeconds / round.get(to).wallSeconds)).toFixed(
      2,
    );
  const rows = list.map(({ name: who }) => {
    const walls = runsOf(who).map(({ wallSeconds }) => wallSeconds);
    const wall = median(walls);
    const cpu = median(runsOf(who).map(({ cpuSeconds }) => cpuSeconds));
    const peak = median(runsOf(who).map(({ peakKib }) => peakKib)) / 1024;
    return `| ${[
      who,
      `${wall.toFixed(2)} (${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)})`,
      `${Math.round(entries / wall / 1000)}k`,
      ((cpu / entries) * 1e6).toFixed(2),
      peak.toFixed(0),
      ratio(who, 'raw-syscall floor'),
      ratio(who, 'find -printf'),
    ].join(' | ')} |`;
  });
  return [
    `### ${name}: ${new Intl.NumberFormat('en-US').format(entries)} entries, ${values.threads} threads, ${values.rounds} rounds`,
    '',
    '| what | wall s, median (range) | entries/s | CPU µs/entry | peak MiB | wall / floor | wall / find |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const fileSystem =
  { 61267: 'ext4', 1481003842: 'xfs', 16914836: 'tmpfs', 2435016766: 'btrfs' }[
    statfsSync(benchDirectory).type
  ] ?? 'another file system';
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}, ${fileSystem}, Node ${process.versions.node}.`;
const report = [machine, ...values.tree.split(',').map(compare)].join('\n\n');
console.log(report);
if (values.write) {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = ['<!-- bench: begin -->', '<!-- bench: end -->'];
  const head = text.slice(0, text.indexOf(begin) + begin.length);
  writeFileSync(page, `${head}\n\n${report}\n\n${text.slice(text.indexOf(end))}`);
}
