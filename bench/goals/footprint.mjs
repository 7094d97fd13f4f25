// What a report takes of memory, and what the command takes of time before it does anything.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from '../contestants.mjs';
import { benchDirectory, tree } from '../make-tree.mjs';
import { median } from '../measure.mjs';
import { interleave, runUndisturbed, spread } from './interleave.mjs';

const pwalk = fileURLToPath(new URL('../../packages/cli/bin/run.js', import.meta.url));
const bareNode = { name: 'node', command: [process.execPath, '-e', '0'] };

const MEMORY = [
  { size: 256, name: 'bar' },
  { size: 64, name: 'goal' },
];

/** Peaks of reports to Parquet of one million entries, and of ten: the same tree ten times. */
export async function residentSize({ rounds: count }) {
  const wide = tree('wide');
  const sized = (times, size) => {
    const contestant = report(Array(times).fill(wide), availableParallelism());
    return {
      ...contestant,
      name: `${times}M, ${size}`,
      command: [...contestant.command, '--memory', `${size}MiB`],
    };
  };
  const list = [bareNode, ...MEMORY.flatMap(({ size }) => [sized(1, size), sized(10, size)])];
  const rounds = await interleave(list, Math.min(count, 3));
  const peak = (round, name) => round.get(name).peakKib / 1024;
  const rows = MEMORY.flatMap(({ size, name }) => {
    // A size is either the bar's or the goal's; the other has nothing to be compared with.
    const limit = (value) => ({ bar: null, goal: null, [name]: value });
    return [
      {
        what: `resident size at 1M entries, less bare Node's, with \`--memory ${size}MiB\``,
        unit: ' MiB',
        ...spread(rounds, (round) => peak(round, `1M, ${size}`) - peak(round, 'node')),
        ...limit(size),
      },
      {
        what: `the same, whole, at 10M entries / at 1M`,
        ...spread(rounds, (round) => peak(round, `10M, ${size}`) / peak(round, `1M, ${size}`)),
        ...limit(1.1),
      },
    ];
  });
  return { rounds, rows };
}

/** Milliseconds over those of bare Node. */
export async function startUp({ rounds: count, patience }) {
  const empty = mkdtempSync(join(benchDirectory, 'empty-'));
  const output = join(benchDirectory, 'start-up.parquet');
  const command = [process.execPath, pwalk];
  const list = [
    bareNode,
    { name: 'version', command: [...command, '--version'] },
    { name: 'report', command: [...command, 'report', empty, '-q', '-o', output], output },
  ];
  try {
    const deadline = performance.now() + patience * 1000;
    await interleave(list, 1);
    const rounds = await interleave(list, 3 * count, (one) => runUndisturbed(one, deadline));
    const above = (who) => ({
      unit: ' ms',
      ...spread(rounds, (round) => (round.get(who).seconds - round.get('node').seconds) * 1000),
      seconds: [who, 'node'].map((name) => median(rounds.map((round) => round.get(name).seconds))),
    });
    return {
      rounds,
      rows: [
        { what: '`pwalk --version`, more than bare Node', ...above('version'), bar: 30, goal: 30 },
        {
          what: '`pwalk report` of an empty directory, more than bare Node',
          ...above('report'),
          bar: 250,
          goal: 250,
        },
      ],
    };
  } finally {
    rmSync(empty, { recursive: true });
  }
}
