#!/usr/bin/env node
// node bench/instructions.mjs [--write]
//
// Counts what the native parts execute for a fixed tree and for made-up rows, under callgrind, and compares
// it with bench/instructions.json: seconds differ from run to run and from machine to machine, these do not.
// Counted are the instructions of our own code, as it is in the addons, and its calls into libraries; not
// the instructions of libraries, which differ from machine to machine. Figures compare for the same major
// version of the compiler on the same architecture; where there are none, or no valgrind, it says so.
// --write renews those of the compiler at hand. The last line is "N passed, N failed".
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProfile } from './callgrind.mjs';
import { benchDirectory, tree } from './make-tree.mjs';

/** The part by which a figure may exceed the one that is kept. */
const TOLERANCE = 0.05;

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const figuresFile = join(project, 'bench/instructions.json');
const compiler = process.env.CXX ?? 'g++';

/** `whole`: all a program does counts, else what happens in its function `measured`. */
const subjects = [
  { name: 'scan', package: 'native-walker', args: ['scan', 'small'], whole: true },
  { name: 'list', package: 'native-walker', args: ['list', 'small'], whole: true },
  { name: 'parquet', package: 'sink-parquet', args: [], whole: false },
  { name: 'dey-csv', package: 'sink-csv', args: ['dey-csv'], whole: false },
  { name: 'csv', package: 'sink-csv', args: ['csv'], whole: false },
];

function answers(command, ...args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** `{ instructions, calls }` per entry. */
function count(subject, directory) {
  const cwd = join(project, 'packages', subject.package);
  // What it says is part of the error where it fails.
  execFileSync(process.execPath, [join(project, 'scripts/build-native.mjs'), 'instructions'], {
    cwd,
    stdio: 'pipe',
  });
  const profile = join(directory, subject.name);
  const program = join(cwd, 'build/instructions');
  const entries = execFileSync(
    'valgrind',
    [
      ...['--tool=callgrind', '--quiet', '--compress-strings=no', '--compress-pos=no'],
      `--callgrind-out-file=${profile}`,
      ...(subject.whole ? [] : ['--toggle-collect=measured']),
      ...[program, ...subject.args],
    ],
    // Paths are relative: how long they are is no matter of the machine.
    { cwd: benchDirectory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { instructions, calls } = readProfile(readFileSync(profile, 'utf8'), program);
  const perEntry = (number) => Number((number / Number(entries)).toPrecision(5));
  return { instructions: perEntry(instructions), calls: perEntry(calls) };
}

function countAll() {
  tree('small');
  const directory = mkdtempSync(join(tmpdir(), 'pwalk-instructions-'));
  try {
    return Object.fromEntries(subjects.map((subject) => [subject.name, count(subject, directory)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Prints each figure beside the one that is kept, 0 where there is none yet. @returns how many are within the tolerance, and not */
function compare(counted, kept) {
  let failed = 0;
  let passed = 0;
  for (const [name, figures] of Object.entries(counted)) {
    for (const [what, figure] of Object.entries(figures)) {
      const before = kept[name]?.[what] ?? 0;
      const change = figure / before - 1;
      const ok = change <= TOLERANCE;
      if (ok) passed++;
      else failed++;
      const sign = change < 0 ? '' : '+';
      const verdict = !ok ? 'MORE THAN ALLOWED' : change < -TOLERANCE ? 'less: renew it' : 'ok';
      console.log(
        `${name}: ${figure} ${what} per entry, ${before} are kept (${sign}${(change * 100).toFixed(1)} %): ${verdict}`,
      );
    }
  }
  if (failed > 0) {
    console.log('Where that is meant, renew the figures: node bench/instructions.mjs --write');
  }
  return { passed, failed };
}

const major = answers(compiler, '-dumpversion')?.split('.')[0];
const toolchain = `${compiler} ${major}, ${arch()}`;
const allKept = JSON.parse(readFileSync(figuresFile, 'utf8'));
let result = { passed: 0, failed: 0 };
if (process.platform !== 'linux' || major === undefined) {
  console.log(`Instructions are not counted: there is no ${compiler} for Linux here.`);
} else if (answers('valgrind', '--version') === null) {
  console.log('Instructions are not counted: there is no valgrind here.');
} else if (process.argv.includes('--write')) {
  const kept = { ...allKept, [toolchain]: countAll() };
  writeFileSync(figuresFile, `${JSON.stringify(kept, null, 2)}\n`);
  console.log(`The figures of ${toolchain} are renewed.`);
} else if (allKept[toolchain] === undefined) {
  console.log(`Instructions are not comparable: none are kept for ${toolchain}.`);
} else {
  result = compare(countAll(), allKept[toolchain]);
}
console.log(`${result.passed} passed, ${result.failed} failed`);
process.exitCode = result.failed > 0 ? 1 : 0;
