#!/usr/bin/env node
// npm run bench -- walk [--tree wide --rounds 5 --patience 120 --only 'walk()' --slow --write]
//
// Names and types only: walk() and its peers against a floor of raw system calls, warm, in turn, round
// after round. Every walker is a process of its own and reports the time of its walk without the start of
// Node or Python; everything it is handed is consumed. With --slow on a FUSE file system that adds half a
// millisecond to every call, mounted anew for each run; needs root and libfuse3-dev.
import { execFileSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildFloor } from './contestants.mjs';
import { machine } from './machine.mjs';
import { benchDirectory, tree } from './make-tree.mjs';
import { measure, median } from './measure.mjs';
import { table, writeSection } from './page.mjs';
import { mountSlow } from './slow-fs/mount.mjs';
import { walkerNames } from './walk-contestants.mjs';

const { values } = parseArgs({
  args: process.argv.slice(process.argv[2] === 'walk' ? 3 : 2),
  options: {
    tree: { type: 'string', default: 'wide' },
    rounds: { type: 'string', default: '5' },
    patience: { type: 'string', default: '120' },
    only: { type: 'string', default: '' },
    slow: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

/** The share of the machine that others may use during a run without its being repeated. */
const NOISE = 0.05;
const ATTEMPTS = 4;
/** The walker whose time the others are compared with, beside the floor. */
const BEST_PEER = 'readdirSync, recursion';

const osWalk = `
import os, sys, time, json, resource
start = time.perf_counter()
entries = 0
for dirpath, dirnames, filenames in os.walk(sys.argv[1]):
    entries += len(dirnames) + len(filenames)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"entries": entries, "seconds": time.perf_counter() - start, "cpuSeconds": usage.ru_utime + usage.ru_stime}))
`;

function contestants(root) {
  const script = fileURLToPath(new URL('walk-contestants.mjs', import.meta.url));
  // On slow storage as many threads as the walker takes there, each waiting.
  const threads = values.slow ? ['-t', '32'] : [];
  return [
    { name: 'floor, names only', command: [buildFloor(), ...threads, '-m', 'none', root] },
    ...walkerNames.map((name) => ({ name, command: [process.execPath, script, name, root] })),
    { name: 'os.walk (Python)', command: ['python3', '-c', osWalk, root] },
  ]
    .filter(
      ({ name }) => name.startsWith('floor') || name === BEST_PEER || name.includes(values.only),
    )
    .map((contestant) => ({ ...contestant, prints: 'json' }));
}

async function undisturbed(contestant, until) {
  for (let attempt = 1; ; attempt++) {
    const run = measure(contestant);
    if (run.said === null) throw new Error(`${contestant.name} ended with ${run.status}`);
    if (run.others <= NOISE || attempt === ATTEMPTS || performance.now() > until) return run;
    await setTimeout(1000);
  }
}

/** A run on storage that has seen nothing of the tree; what others use of the processors hardly matters there. */
async function onSlowStorage(contestant, root) {
  const mount = await mountSlow(root);
  try {
    return measure({
      ...contestant,
      command: contestant.command.map((word) => (word === root ? mount.path : word)),
    });
  } finally {
    await mount.unmount();
  }
}

async function compare(name) {
  const root = tree(name);
  const entries = Number(
    execFileSync('sh', ['-c', 'find "$0" -mindepth 1 -printf x | wc -c', root]),
  );
  const list = contestants(root);
  const until = performance.now() + Number(values.patience) * 1000;
  const run = (contestant) =>
    values.slow ? onSlowStorage(contestant, root) : undisturbed(contestant, until);
  if (!values.slow) for (const contestant of list) measure(contestant);
  const rounds = [];
  while (rounds.length < Number(values.rounds)) {
    console.error(`${name}: round ${rounds.length + 1}`);
    const round = new Map();
    for (const contestant of list) round.set(contestant.name, await run(contestant));
    rounds.push(round);
  }
  const others = rounds.flatMap((round) => [...round.values()].map((one) => one.others));
  const rows = list.map(({ name: who }) => {
    const all = (pick) => rounds.map((round) => pick(round.get(who)));
    const ratio = (to) =>
      median(
        rounds.map((round) => round.get(who).said.seconds / round.get(to).said.seconds),
      ).toFixed(2);
    const walls = all(({ said }) => said.seconds);
    const found = rounds[0].get(who).said.entries;
    return [
      found === entries ? who : `${who}: **${found} entries found**`,
      `${median(walls).toFixed(3)} (${Math.min(...walls).toFixed(3)}–${Math.max(...walls).toFixed(3)})`,
      ((median(all(({ said }) => said.cpuSeconds)) / entries) * 1e6).toFixed(2),
      (median(all(({ peakKib }) => peakKib)) / 1024).toFixed(0),
      ratio('floor, names only'),
      ratio(BEST_PEER),
    ];
  });
  const disturbed = others.filter((share) => share > NOISE).length;
  return [
    `### ${name}${values.slow ? ', slow storage' : ''}: ${new Intl.NumberFormat('en-US').format(entries)} entries, ${rounds.length} rounds`,
    `In ${disturbed} of ${others.length} runs others used more than ${NOISE * 100} % of the machine.`,
    table(
      [
        'what',
        'wall s, median (range)',
        'CPU µs/entry',
        'peak MiB',
        'wall / floor',
        'wall / readdirSync',
      ],
      rows,
    ),
  ].join('\n\n');
}

const sections = [`${machine(benchDirectory)}.`];
for (const name of values.tree.split(',')) sections.push(await compare(name));
const text = sections.join('\n\n');
console.log(text);
if (values.write) writeSection(values.slow ? 'walk-slow' : 'walk', text);
