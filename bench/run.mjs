#!/usr/bin/env node
// npm run bench [-- --tree wide --rounds 5 --threads 2 --patience 60 --write]
// npm run bench -- walk […]    names only, see walk.mjs
// npm run bench -- goals […]   the goals and what is reached of them, see goals.mjs
//
// Walks each tree with every contestant in turn, round after round, warm, and prints medians and
// ratios as a markdown table; with --write into docs/internals/performance.md. Ratios are taken
// within a round and their median is shown, so that a machine that slows down slows everybody. A run
// during which somebody else used the machine is repeated, until the tree's patience (in seconds) is
// used up; how it was measured decides that, never what was measured.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.mjs';
import { machine } from './machine.mjs';
import { benchDirectory, tree } from './make-tree.mjs';
import { countLines, measure, median } from './measure.mjs';
import { table, writeSection } from './page.mjs';

const others = { walk: './walk.mjs', goals: './goals.mjs' };
if (Object.hasOwn(others, process.argv[2])) {
  await import(others[process.argv[2]]);
  process.exit();
}

const { values } = parseArgs({
  options: {
    tree: { type: 'string', default: 'wide,flat,deep' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: `${availableParallelism()}` },
    patience: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
  },
});

/** The share of the machine that others may use during a run without its being repeated. */
const NOISE = 0.05;
const ATTEMPTS = 4;

const number = new Intl.NumberFormat('en-US');

/** One run, without leaving its output to be written back during the next. */
function once(contestant) {
  const run = measure(contestant);
  if (contestant.output !== undefined) rmSync(contestant.output, { force: true });
  return run;
}

/** A run that nobody disturbed, or the last of a few. */
async function undisturbed(contestant, until) {
  for (let attempt = 1; ; attempt++) {
    const run = once(contestant);
    if (run.others <= NOISE || attempt === ATTEMPTS || performance.now() > until) return run;
    await setTimeout(1000);
  }
}

/** The warm-up round: entries each contestant finds, null where it does not tell, -1 where it fails. */
async function warmUp(list) {
  const found = new Map();
  for (const contestant of list) {
    const { status, said } = once(contestant);
    if (status !== 0) {
      found.set(contestant.name, -1);
      console.error(`${contestant.name} ended with ${status}`);
    } else if (contestant.prints === 'lines') {
      found.set(contestant.name, await countLines(contestant.command));
    } else {
      found.set(contestant.name, said?.entries ?? null);
    }
  }
  return found;
}

/** One round: what each took, and apart what the scan took without Node's start. */
async function runRound(list, until) {
  const round = new Map();
  for (const contestant of list) {
    const run = await undisturbed(contestant, until);
    round.set(contestant.name, run);
    if (contestant.scan && run.said !== null) {
      const { seconds, cpuSeconds } = run.said;
      round.set(`${contestant.name}, without the start of Node`, {
        ...run,
        wallSeconds: seconds,
        cpuSeconds,
        peakKib: null,
      });
    }
  }
  return round;
}

function row(who, rounds, entries) {
  const all = (key) => rounds.map((round) => round.get(who)[key]);
  const ratio = (key, to) =>
    median(rounds.map((round) => round.get(who)[key] / round.get(to)[key])).toFixed(2);
  const walls = all('wallSeconds');
  const wall = median(walls);
  const peak = all('peakKib').includes(null) ? '' : (median(all('peakKib')) / 1024).toFixed(0);
  return [
    `${wall.toFixed(2)} (${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)})`,
    `${Math.round(entries / wall / 1000)}k`,
    ((median(all('cpuSeconds')) / entries) * 1e6).toFixed(2),
    peak,
    ratio('wallSeconds', 'floor'),
    ratio('cpuSeconds', 'floor'),
    ratio('wallSeconds', 'find -printf'),
  ];
}

async function compare(name) {
  const root = tree(name);
  const entries = Number(execFileSync('sh', ['-c', 'find "$0" -printf x | wc -c', root]));
  const list = contestants(root, Number(values.threads));
  const found = await warmUp(list);
  const able = list.filter((contestant) => found.get(contestant.name) !== -1);
  const until = performance.now() + Number(values.patience) * 1000;
  const rounds = [];
  while (rounds.length < Number(values.rounds)) {
    console.error(`${name}: round ${rounds.length + 1}`);
    rounds.push(await runRound(able, until));
  }
  const shares = rounds.flatMap((round) => [...round.values()].map((run) => run.others));
  const disturbed = shares.filter((share) => share > NOISE).length;
  const rows = [...rounds[0].keys()].map((who) => {
    // The floor and fdir do not count the root; nobody is said to have missed something for that.
    const seen = found.get(who) ?? null;
    const misses = seen !== null && seen < entries - 1;
    const cells = row(who, rounds, seen ?? entries);
    return [misses ? `${who}: **${number.format(seen)} entries found**` : who, ...cells];
  });
  for (const { name: who } of list) {
    if (found.get(who) === -1) rows.push([`${who}: **fails**`, ...Array(7).fill('')]);
  }
  return [
    `### ${name}: ${number.format(entries)} entries, ${values.threads} threads, ${values.rounds} rounds`,
    `In ${disturbed} of ${shares.length} runs others used more than ${NOISE * 100} % of the machine.`,
    table(
      [
        'what',
        'wall s, median (range)',
        'entries/s',
        'CPU µs/entry',
        'peak MiB',
        'wall / floor',
        'CPU / floor',
        'wall / find',
      ],
      rows,
    ),
  ].join('\n\n');
}

const sections = [`${machine(benchDirectory)}.`];
for (const name of values.tree.split(',')) sections.push(await compare(name));
const text = sections.join('\n\n');
console.log(text);
if (values.write) writeSection('bench', text);
