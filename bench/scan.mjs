#!/usr/bin/env node
// scan.mjs ROOT [THREADS]: the bare scan of all default columns, every batch taken and dropped.
import { scan } from '../packages/native-walker/dist/index.js';

const [root, threads] = process.argv.slice(2);
scan(root, threads === undefined ? {} : { threads: Number(threads) }).subscribe({
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
});
