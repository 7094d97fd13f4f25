#!/usr/bin/env node
// scan.mjs ROOT [THREADS] [reuse]: the bare scan of all default columns, every batch taken and dropped;
// with `reuse` the walker may fill the memory of a batch again. Prints what the floor
// prints: the scan's own time and CPU, without Node's start.
import { scan } from '../packages/native-walker/dist/index.js';

const [root, threads, reuse] = process.argv.slice(2);
const start = performance.now();
const before = process.cpuUsage();
let entries = 0;
scan(root, {
  reuseMemory: reuse === 'reuse',
  ...(threads === undefined ? {} : { threads: Number(threads) }),
}).subscribe({
  next: ({ length }) => {
    entries += length;
  },
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
  complete: () => {
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - start) / 1000;
    console.log(JSON.stringify({ entries, seconds, cpuSeconds: (user + system) / 1e6 }));
  },
});
