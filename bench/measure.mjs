// Runs a command in a process of its own and says what it took.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchDirectory } from './make-tree.mjs';

let helper = null;

/** The path of rusage, compiled at its first use: Node does not tell what a child took. */
function rusage() {
  if (helper === null) {
    mkdirSync(benchDirectory, { recursive: true });
    const path = join(benchDirectory, 'rusage');
    const source = fileURLToPath(new URL('rusage.cpp', import.meta.url));
    execFileSync(process.env.CXX ?? 'g++', ['-O2', '-std=c++20', '-o', path, source]);
    helper = path;
  }
  return helper;
}

/** Seconds all processors have worked so far, for whomever. */
function busySeconds() {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .slice(5, 200)
    .trim()
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}

/**
 * The command with its output to /dev/null, or, where it prints one JSON object, with that as `said`.
 * `others` is the share of the machine that somebody else worked with in the meantime.
 * @returns {{ status: number, wallSeconds: number, cpuSeconds: number, peakKib: number, others: number, said: object | null }}
 */
export function measure({ command, prints }) {
  const helper = rusage();
  const stdout = prints === 'json' ? 'pipe' : 'ignore';
  const before = busySeconds();
  const { output } = spawnSync(helper, command, {
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'ignore', 'pipe'],
  });
  const busy = busySeconds() - before;
  if (output[3] === '') throw new Error(`somebody ended the measurement of ${command.join(' ')}`);
  const run = JSON.parse(output[3]);
  const others = (busy - run.cpuSeconds) / (run.wallSeconds * availableParallelism());
  const said = prints === 'json' && run.status === 0 ? JSON.parse(output[1]) : null;
  return { ...run, others: Math.max(0, others), said };
}

/** Lines a command prints. */
export async function countLines([file, ...args]) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let lines = 0;
  for await (const chunk of child.stdout) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
