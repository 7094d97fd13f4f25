// How many threads a scan chooses when nobody says: against the floor with many on slow storage, and
// against the best number somebody could have given.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildFloor } from '../contestants.mjs';
import { tree } from '../make-tree.mjs';
import { median } from '../measure.mjs';
import { mountSlow } from '../slow-fs/mount.mjs';
import { interleave, ratio, runOnce, runUndisturbed } from './interleave.mjs';

const scanScript = fileURLToPath(new URL('../scan.mjs', import.meta.url));
const UNSET = 'threads unset';

/** A scan with that many threads, or as many as it chooses. */
function scanner(root, threads) {
  return {
    name: threads === null ? UNSET : `--threads ${threads}`,
    command: [process.execPath, scanScript, root, ...(threads === null ? [] : [`${threads}`])],
    prints: 'json',
    ownClock: true,
  };
}

/** The unset number of threads against the one of the others that took least. */
function againstBest(what, rounds) {
  const seconds = (name) => median(rounds.map((round) => round.get(name).seconds));
  const fixed = [...rounds[0].keys()].filter((name) => name.startsWith('--threads '));
  const best = fixed.reduce((a, b) => (seconds(b) < seconds(a) ? b : a));
  return {
    what: `threads unset / \`${best}\`, the best of ${fixed.length}, ${what}`,
    ...ratio(rounds, UNSET, best),
    bar: 1.15,
    goal: 1.05,
  };
}

/** Half a millisecond for every request; mounted anew for each run. */
export async function slowStorage({ rounds: count }) {
  const root = tree('small');
  const floor = {
    name: 'floor',
    command: [buildFloor(), '-t', '32', '-c', '16', root],
    prints: 'json',
    ownClock: true,
  };
  const list = [floor, ...[null, 8, 16, 32, 64].map((threads) => scanner(root, threads))];
  const rounds = await interleave(list, count, async (contestant) => {
    const mount = await mountSlow(root);
    try {
      const command = contestant.command.map((word) => (word === root ? mount.path : word));
      // The server's work would pass for somebody else's.
      return { ...runOnce({ ...contestant, command }), others: 0 };
    } finally {
      await mount.unmount();
    }
  });
  return {
    rounds,
    rows: [
      {
        what: 'slow storage, 500 µs, threads unset / floor, 32 threads, chunks of 16',
        ...ratio(rounds, UNSET, 'floor'),
        bar: 1.5,
        goal: 1.1,
      },
      againstBest('slow storage', rounds),
    ],
  };
}

export async function warmCache({ rounds: count, patience }) {
  const root = tree('wide');
  const list = [null, 1, 2, 4, 8].map((threads) => scanner(root, threads));
  const deadline = performance.now() + patience * 1000;
  await interleave(list, 1);
  const rounds = await interleave(list, count, (one) => runUndisturbed(one, deadline));
  return { rounds, rows: [againstBest('warm', rounds)] };
}

/** Nothing of the tree in memory: as root, who can empty the kernel's caches. */
export async function coldCache({ rounds: count }) {
  const root = tree('wide');
  const list = [null, 2, 4, 8, 16, 32].map((threads) => scanner(root, threads));
  const runCold = (contestant) => {
    try {
      writeFileSync('/proc/sys/vm/drop_caches', '3');
    } catch {
      throw new Error('a cold cache needs root');
    }
    return runOnce(contestant);
  };
  // The disk may have a cache of its own, which the first run fills.
  runCold(list[0]);
  const rounds = await interleave(list, Math.min(count, 3), runCold);
  return { rounds, rows: [againstBest('cold', rounds)] };
}
