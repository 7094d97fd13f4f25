#!/usr/bin/env node
// npm run test:soak [-- FACTOR]: the tests that grow with time, for hours instead of seconds. FACTOR (default 50)
// multiplies their cases. Each prints its seeds; PWALK_SEED repeats one. Then every fuzz target for 20
// minutes (scripts/fuzz.mjs), which needs clang.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Test files that read PWALK_SOAK. */
const files = [
  'packages/native-walker/test/walk/like-os-walk.test.ts',
  'packages/cli/test/report-extremes.test.ts',
  'packages/cli/test/kill-and-resume.test.ts',
];

setup();
const { status } = spawnSync(
  join(root, 'node_modules/.bin/vitest'),
  ['run', '--testTimeout=86400000', '--hookTimeout=86400000', ...files],
  { cwd: root, stdio: 'inherit', env: { ...process.env, PWALK_SOAK: process.argv[2] ?? '50' } },
);
const fuzz = spawnSync(process.execPath, [join(root, 'scripts/fuzz.mjs')], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status === 0 ? (fuzz.status ?? 1) : (status ?? 1));
