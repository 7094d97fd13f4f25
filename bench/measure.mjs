// Runs a command in a process of its own and says what it took.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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

/**
 * The command with its output to /dev/null, or, where it prints one JSON object, with that as `said`.
 * @returns {{ status: number, wallSeconds: number, cpuSeconds: number, peakKib: number, said: object | null }}
 */
export function measure({ command, prints }) {
  const stdout = prints === 'json' ? 'pipe' : 'ignore';
  const { output } = spawnSync(rusage(), command, {
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'ignore', 'pipe'],
  });
  const run = JSON.parse(output[3]);
  return { ...run, said: prints === 'json' && run.status === 0 ? JSON.parse(output[1]) : null };
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
