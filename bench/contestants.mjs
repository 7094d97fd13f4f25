// Who is measured: each a command that walks a root and asks for every entry's stat, unless its name
// says what it leaves out. `prints` is what arrives on its standard output: a line per entry, or one
// JSON object that counts them.
import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchDirectory } from './make-tree.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const pwalk = [process.execPath, join(project, 'packages/cli/bin/run.js')];

/** The fields of a report, in find's words. */
const fields =
  '%p\\t%f\\t%y\\t%i\\t%D\\t%d\\t%m\\t%U\\t%G\\t%s\\t%b\\t%n\\t%A@\\t%T@\\t%C@\\t%B@\\n';

function isInstalled(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** The raw-syscall floor, built from the walker's own core. */
export function buildFloor() {
  const cwd = join(project, 'packages/native-walker');
  execFileSync(process.execPath, [join(project, 'scripts/build-native.mjs'), 'floor'], {
    cwd,
    stdio: 'pipe',
  });
  return join(cwd, 'build/floor');
}

/** fdir, when there: it comes with the test runner. */
function fdir(root) {
  try {
    const require = createRequire(join(project, 'node_modules/.pnpm/node_modules/'));
    const code = `import(${JSON.stringify(require.resolve('fdir'))}).then(async ({ fdir }) => {
      const paths = await new fdir().withFullPaths().withDirs().crawl(process.argv[1]).withPromise();
      console.log(JSON.stringify({ entries: paths.length }));
    })`;
    return [
      {
        name: 'fdir (npm; names only)',
        command: [process.execPath, '-e', code, root],
        prints: 'json',
      },
    ];
  } catch {
    return [];
  }
}

/** `pwalk report` as a contestant. */
export function report(roots, threads, format = 'parquet') {
  const output = join(benchDirectory, `bench.${format}`);
  const how = ['--format', format, '--threads', `${threads}`, '--json', '-o', output];
  return {
    name: `pwalk report, ${format}`,
    command: [...pwalk, 'report', ...roots, ...how],
    prints: 'json',
    output,
  };
}

/**
 * `scan`: it starts Node and then measures itself.
 * @returns {{ name: string, command: string[], prints?: 'lines' | 'json', scan?: true, output?: string }[]} the floor first
 */
export function contestants(root, threads) {
  const bareScan = [process.execPath, join(project, 'bench/scan.mjs'), root, `${threads}`];
  const ours = [
    { name: 'floor', command: [buildFloor(), '-t', `${threads}`, root], prints: 'json' },
    { name: 'scan()', command: bareScan, prints: 'json', scan: true },
    { name: 'scan(), reuseMemory', command: [...bareScan, 'reuse'], prints: 'json', scan: true },
    ...['parquet', 'csv', 'dey-csv'].map((format) => report([root], threads, format)),
  ];
  const peers = [
    { name: 'find -printf', command: ['find', root, '-printf', fields], prints: 'lines' },
    { name: 'bfs -printf', command: ['bfs', root, '-printf', fields], prints: 'lines' },
    { name: 'du -s (sums only)', command: ['du', '-s', root] },
    { name: 'ncdu -e -o', command: ['ncdu', '-0', '-e', '-o', '/dev/null', root] },
    { name: 'gdu -o (sizes only)', command: ['gdu', '-np', '-o', '/dev/null', root] },
    { name: 'fd (names only)', command: ['fdfind', '-HIu', '.', root], prints: 'lines' },
  ];
  return [...ours, ...peers.filter(({ command }) => isInstalled(command[0])), ...fdir(root)];
}
