// What a warm local tree is read with, and how fast.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildFloor, contestants } from '../contestants.mjs';
import { tree } from '../make-tree.mjs';
import { interleave, ratio, runUndisturbed } from './interleave.mjs';

const walkScript = fileURLToPath(new URL('../walk-contestants.mjs', import.meta.url));
const scanScript = fileURLToPath(new URL('../scan.mjs', import.meta.url));
const threads = availableParallelism();

/** Entries of a directory that are looked at in one go: as many as the walker's own chunks have. */
const LOCAL_CHUNK = 1024;

/** Rounds on a warm tree, the first of which is not counted. */
async function warmRounds(list, { rounds, patience }) {
  const deadline = performance.now() + patience * 1000;
  await interleave(list, 1);
  return interleave(list, rounds, (contestant) => runUndisturbed(contestant, deadline));
}

/** The tree of a million entries against the floor, find and du. */
export async function million(settings) {
  const names = ['floor', 'scan()', 'pwalk report, parquet', 'pwalk report, dey-csv'];
  const peers = ['find -printf', 'du -s (sums only)'];
  const list = contestants(tree('wide'), threads)
    .filter(({ name }) => names.includes(name) || peers.includes(name))
    .map((contestant) => ({
      ...contestant,
      ownClock: contestant.name === 'floor' || contestant.scan === true,
    }));
  const rounds = await warmRounds(list, settings);
  const to = (who, peer) => ratio(rounds, who, peer);
  return {
    rounds,
    rows: [
      {
        what: 'bare scan, 1M entries / floor, same threads',
        ...to('scan()', 'floor'),
        bar: 1.15,
        goal: 1.03,
      },
      {
        what: 'report to Parquet / floor',
        ...to('pwalk report, parquet', 'floor'),
        bar: 1.6,
        goal: 1.2,
      },
      {
        what: 'report to Parquet / `find -printf`',
        ...to('pwalk report, parquet', 'find -printf'),
        bar: 0.42,
        goal: 0.3,
      },
      {
        what: 'report to dey-csv / floor',
        ...to('pwalk report, dey-csv', 'floor'),
        bar: 1.5,
        goal: 1.15,
      },
      {
        what: 'report to Parquet / `du -s`',
        ...to('pwalk report, parquet', 'du -s (sums only)'),
        bar: 0.65,
        goal: 0.5,
      },
    ],
  };
}

/** walk() with everything consumed against the best peer in Node. */
export async function walking(settings) {
  const root = tree('wide');
  const peer = 'readdirSync, recursion';
  const list = ['pwalk walk()', 'pwalk walkSync()', peer].map((name) => ({
    name,
    command: [process.execPath, walkScript, name, root],
    prints: 'json',
    ownClock: true,
  }));
  const rounds = await warmRounds(list, settings);
  const row = (what, who) => ({ what, ...ratio(rounds, who, peer), bar: 0.65, goal: 0.5 });
  return {
    rounds,
    rows: [
      row('`walk()`, all triples consumed / `readdirSync` with types', 'pwalk walk()'),
      row('`walkSync()`, the same', 'pwalk walkSync()'),
    ],
  };
}

/** One directory of half a million files, whose stats the floor splits too. */
export async function flatDirectory(settings) {
  const root = tree('flat');
  const list = [
    {
      name: 'floor',
      command: [buildFloor(), '-t', `${threads}`, '-c', `${LOCAL_CHUNK}`, root],
    },
    { name: 'scan()', command: [process.execPath, scanScript, root, `${threads}`] },
  ].map((contestant) => ({ ...contestant, prints: 'json', ownClock: true }));
  const rounds = await warmRounds(list, settings);
  return {
    rounds,
    rows: [
      {
        what: 'flat directory of 500k, scan / floor with split stats',
        ...ratio(rounds, 'scan()', 'floor'),
        bar: 1.3,
        goal: 1.1,
      },
    ],
  };
}
