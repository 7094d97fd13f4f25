#!/usr/bin/env node
// npm test: sets the checkout up, then runs everything that can fail: formatting and lint, types of
// the tests, the C++ tests under AddressSanitizer + UBSan and under ThreadSanitizer, and vitest.
// The last line is "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
let passed = 0;
let failed = 0;

function count(ok) {
  if (ok) passed++;
  else failed++;
}

function run(title, command, args, options = {}) {
  console.log(`\n== ${title}`);
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
}

function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** Builds a package's C++ tests with a sanitizer and runs them; their last line has the counts. */
function nativeTests(directory, variant) {
  const cwd = join(root, 'packages', directory);
  const title = `C++ tests of ${directory}, ${variant}`;
  const build = run(
    `${title}: build`,
    process.execPath,
    [join(root, 'scripts/build-native.mjs'), 'tests', '--variant', variant],
    { cwd },
  );
  const { output } = JSON.parse(readFileSync(join(cwd, 'native.json'), 'utf8')).tests;
  if (build.status !== 0) return count(false);
  const tests = run(title, join(cwd, 'build', `${output}-${variant}`), [], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const text = String(tests.stdout);
  process.stdout.write(text);
  const [, good, bad] = /(\d+) passed, (\d+) failed\s*$/.exec(text) ?? [];
  passed += Number(good ?? 0);
  failed += Number(bad ?? 0);
  // A sanitizer that stops the program leaves no counts, or a status with clean ones.
  if (tests.status !== 0 && Number(bad ?? 0) === 0) count(false);
}

setup();
count(run('format and lint', bin('biome'), ['check', '--error-on-warnings']).status === 0);
count(run('types of the tests', bin('tsc'), ['-p', 'tsconfig.test.json']).status === 0);
if (process.platform === 'linux') {
  for (const directory of readdirSync(join(root, 'packages'))) {
    if (!existsSync(join(root, 'packages', directory, 'native.json'))) continue;
    for (const variant of ['asan', 'tsan']) nativeTests(directory, variant);
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'pwalk-test-'));
const report = join(scratch, 'vitest.json');
const vitest = run('vitest', bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
  if (vitest.status !== 0 && numFailedTests === 0) count(false);
} else {
  count(false);
}
rmSync(scratch, { recursive: true, force: true });

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
