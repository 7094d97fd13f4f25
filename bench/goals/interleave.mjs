// Contestants run in turn, round after round, and what comes of it as ratios within rounds: a machine that
// slows down slows everybody.
import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { measure, median } from '../measure.mjs';

/** The share of the machine that others may use during a run without its being repeated. */
const NOISE = 0.05;
const ATTEMPTS = 4;

/**
 * One run. `seconds` and `cpuSeconds` are the contestant's own where it has a clock, which leaves out the
 * start of Node; else those of the process.
 */
export function runOnce({ name, command, prints, output, ownClock = false }) {
  const run = measure({ command, prints });
  if (output !== undefined) rmSync(output, { force: true });
  if (run.status !== 0) throw new Error(`${name} ended with ${run.status}`);
  const { seconds, cpuSeconds } = ownClock ? run.said : { ...run, seconds: run.wallSeconds };
  return { ...run, seconds, cpuSeconds };
}

/** Like runOnce(), but repeated a few times where somebody else used the machine, until `deadline` (ms). */
export async function runUndisturbed(contestant, deadline) {
  for (let attempt = 1; ; attempt++) {
    const run = runOnce(contestant);
    if (run.others <= NOISE || attempt === ATTEMPTS || performance.now() > deadline) return run;
    await setTimeout(1000);
  }
}

/**
 * @param contestants `{ name, command, prints?, output?, ownClock? }`
 * @param run how one of them is run
 * @returns the rounds: each a map of names to runs
 */
export async function interleave(contestants, rounds, run = runOnce) {
  const all = [];
  while (all.length < rounds) {
    const round = new Map();
    // Each round begins with another, so that nobody is always the first.
    const first = all.length % contestants.length;
    for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
      round.set(contestant.name, await run(contestant));
    }
    all.push(round);
  }
  return all;
}

/** Median and range of what `pick` finds in each round. */
export function spread(rounds, pick) {
  const values = rounds.map(pick);
  return { figure: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Times of one as multiples of another's. */
export function ratio(rounds, who, to) {
  return {
    ...spread(rounds, (round) => round.get(who).seconds / round.get(to).seconds),
    seconds: [who, to].map((name) => median(rounds.map((round) => round.get(name).seconds))),
  };
}

/** `disturbed` of `runs` had somebody else at work on more than a twentieth of the machine. */
export function disturbances(rounds) {
  const runs = rounds.flatMap((round) => [...round.values()]);
  return { runs: runs.length, disturbed: runs.filter(({ others }) => others > NOISE).length };
}
