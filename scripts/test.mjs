#!/usr/bin/env node
// npm test: sets the checkout up, then runs everything that can fail: formatting and lint, types of
// the tests, the C++ tests under AddressSanitizer + UBSan and under ThreadSanitizer, the instructions our
// native code takes where valgrind is installed, its CPU time against the floor, and vitest.
// The last line is "N passed, N failed".
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

/** Builds each package's C++ tests with each sanitizer. @returns the programs that could be built */
function buildNativeTests() {
  const programs = [];
  if (process.platform !== 'linux') return programs;
  for (const name of readdirSync(join(root, 'packages'))) {
    const cwd = join(root, 'packages', name);
    if (!existsSync(join(cwd, 'native.json'))) continue;
    const { output } = JSON.parse(readFileSync(join(cwd, 'native.json'), 'utf8')).tests;
    for (const variant of ['asan', 'tsan']) {
      const title = `C++ tests of ${name}, ${variant}`;
      const script = join(root, 'scripts/build-native.mjs');
      const args = [script, 'tests', '--variant', variant];
      const build = run(`${title}: build`, process.execPath, args, { cwd });
      if (build.status === 0) {
        programs.push({ title, cwd, command: join(cwd, 'build', `${output}-${variant}`) });
      } else {
        count(false);
      }
    }
  }
  return programs;
}

/** Runs a program whose last line has the counts. What it prints is kept until it has ended. */
async function counted({ title, command, args = [], cwd = root, env = process.env }) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => {
      printed[name] += text;
    });
  }
  const [status] = await once(child, 'close');
  console.log(`\n== ${title}\n${printed.stderr}${printed.stdout}`);
  const [, good, bad] = /(\d+) passed, (\d+) failed\s*$/.exec(printed.stdout) ?? [];
  passed += Number(good ?? 0);
  failed += Number(bad ?? 0);
  // A program that is stopped, as by a sanitizer, leaves no counts, or a status with clean ones.
  if (status !== 0 && Number(bad ?? 0) === 0) count(false);
}

/** A script of bench/ as a program to count, with a directory for its trees. */
function bench(title, script, directory) {
  return {
    title,
    command: process.execPath,
    args: [join(root, 'bench', script)],
    env: { ...process.env, PWALK_BENCH_DIR: directory },
  };
}

/** Runs vitest, and counts what its report says. */
async function vitest() {
  const scratch = mkdtempSync(join(tmpdir(), 'pwalk-test-'));
  const report = join(scratch, 'vitest.json');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(bin('vitest'), [...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = await once(child, 'close');
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
    passed += numPassedTests;
    failed += numFailedTests;
    if (status !== 0 && numFailedTests === 0) count(false);
  } else {
    count(false);
  }
  rmSync(scratch, { recursive: true, force: true });
}

setup();
count(run('format and lint', bin('biome'), ['check', '--error-on-warnings']).status === 0);
count(run('types of the tests', bin('tsc'), ['-p', 'tsconfig.test.json']).status === 0);
const programs = buildNativeTests();
const trees = mkdtempSync(join(tmpdir(), 'pwalk-bench-'));
programs.push(bench('instruction counts', 'instructions.mjs', trees));
programs.push(bench('CPU time against the floor', 'smoke.mjs', trees));
// Beside each other: either leaves processors idle.
console.log('\n== vitest, and beside it the C++ tests and the short benches');
const inTurn = async () => {
  for (const program of programs) await counted(program);
};
await Promise.all([inTurn(), vitest()]);
rmSync(trees, { recursive: true, force: true });

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
