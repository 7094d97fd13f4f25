#!/usr/bin/env node
// npm run test:fuzz [-- MINUTES [TARGET …]]: every fuzz target (or those named) under libFuzzer with
// AddressSanitizer and UBSan, 20 minutes each unless said otherwise, from the corpus that is kept in
// cpp/fuzz/corpus/ of its package. Needs clang++ (CXX names another). New inputs and findings are left in
// build/fuzz-<target>/; a finding ends it with status 1, and belongs into the corpus once it is mended.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [minutes = '20', ...chosen] = process.argv.slice(2);
const compiler =
  process.env.CXX ??
  ['clang++', 'clang++-14'].find((name) => spawnSync(name, ['--version']).status === 0);
if (compiler === undefined || !(Number(minutes) > 0)) {
  console.error(
    compiler === undefined
      ? 'pwalk: libFuzzer comes with clang, and there is none; install clang, or name it with CXX.'
      : `pwalk: "${minutes}" is no number of minutes.`,
  );
  process.exit(2);
}

setup();
let findings = 0;
for (const name of readdirSync(join(root, 'packages'))) {
  const cwd = join(root, 'packages', name);
  const manifest = join(cwd, 'native.json');
  const { fuzz } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : {};
  if (fuzz === undefined) continue;
  const build = spawnSync(
    process.execPath,
    [join(root, 'scripts/build-native.mjs'), 'fuzz', '--variant', 'fuzz'],
    { cwd, stdio: 'inherit', env: { ...process.env, CXX: compiler } },
  );
  if (build.status !== 0) process.exit(1);
  for (const target of readdirSync(join(cwd, 'cpp/fuzz/corpus'))) {
    if (chosen.length > 0 && !chosen.includes(target)) continue;
    const made = join(cwd, 'build', `fuzz-${target}`);
    mkdirSync(made, { recursive: true });
    console.log(`\n== ${name}: ${target}, ${minutes} minutes`);
    const run = spawnSync(
      join(cwd, 'build', `${fuzz.output}-fuzz`),
      [
        `-max_total_time=${Math.ceil(Number(minutes) * 60)}`,
        '-timeout=60',
        '-print_final_stats=1',
        '-verbosity=1',
        `-artifact_prefix=${made}/`,
        made,
        join(cwd, 'cpp/fuzz/corpus', target),
      ],
      { cwd, stdio: 'inherit', env: { ...process.env, PWALK_FUZZ_TARGET: target } },
    );
    if (run.status !== 0) findings++;
  }
}
console.log(`\n${findings} findings`);
process.exit(findings === 0 ? 0 : 1);
