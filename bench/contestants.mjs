// Who is measured: each a command that walks a root and asks for every entry's stat.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchDirectory } from './make-tree.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const pwalk = [process.execPath, join(project, 'packages/cli/bin/run.js')];

/** The fields of a report, in find's words. */
const fields = '%p\\t%f\\t%y\\t%i\\t%D\\t%d\\t%m\\t%U\\t%G\\t%s\\t%b\\t%n\\t%A@\\t%T@\\t%C@\\n';

function isInstalled(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** @returns {{ name: string, command: string[] }[]} pwalk's own first, the floor before all */
export function contestants(root, threads, floor) {
  const ours = [
    { name: 'raw-syscall floor', command: [floor, '-t', `${threads}`, root] },
    {
      name: 'pwalk: bare scan',
      command: [process.execPath, join(project, 'bench/scan.mjs'), root, `${threads}`],
    },
    {
      name: 'pwalk report, Parquet',
      command: [
        ...pwalk,
        'report',
        root,
        '--threads',
        `${threads}`,
        '-q',
        '-o',
        join(benchDirectory, 'bench.parquet'),
      ],
    },
  ];
  const peers = [
    { name: 'find -printf', command: ['find', root, '-printf', fields] },
    { name: 'du -s', command: ['du', '-s', root] },
    { name: 'bfs -printf', command: ['bfs', root, '-printf', fields] },
    { name: 'fdfind (names only)', command: ['fdfind', '-HIu', '.', root] },
    { name: 'ncdu -o', command: ['ncdu', '-0', '-e', '-o', '/dev/null', root] },
    { name: 'gdu -o', command: ['gdu', '-np', '-o', '/dev/null', root] },
  ];
  return [...ours, ...peers.filter(({ command }) => isInstalled(command[0]))];
}
