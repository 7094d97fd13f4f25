import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformance, type Subject } from '@pwalk/testkit';
import {
  age,
  arrow,
  csv,
  directories,
  glob,
  group,
  hardlinks,
  jsonl,
  mode,
  owner,
  parquet,
  permissionRepair,
  regex,
  size,
  summary,
  type,
  walker,
  where,
} from 'pwalk';
import { describe, expect, it } from 'vitest';
import { builtIns } from '../src/built-ins.js';
import { sql } from './support/pwalk.js';

const text = (name: string) => (directory: string) => readFileSync(join(directory, name), 'latin1');

/** Without the time the run took and its identity. */
const timeless = (name: string) => (directory: string) =>
  text(name)(directory)
    .split('\n')
    .filter((line) => !/"(id|finishedAt)":|seconds|scan_id|timestamp/.test(line))
    .join('\n');

/** Every built-in plugin, in each of the ways it works. */
const subjects: Readonly<Record<string, readonly Subject[]>> = {
  walker: [
    { stage: (directory) => walker({ roots: [directory], engine: 'native' }) },
    {
      stage: (directory) => walker({ roots: [directory], engine: 'portable' }),
      invalidOptions: [{}, { roots: [] }, { roots: ['/'], threads: 0 }],
    },
  ],
  parquet: [
    {
      stage: (directory) => parquet({ path: join(directory, 'out.parquet') }),
      // Row groups may be cut and compressed differently; the rows are the same.
      read: (directory) => sql(`from '${join(directory, 'out.parquet')}' order by path`),
      invalidOptions: [{}, { path: 7 }],
    },
  ],
  csv: [
    {
      stage: (directory) => csv({ path: join(directory, 'out.csv') }),
      read: text('out.csv'),
      invalidOptions: [{}, { path: 'x', dialect: 'other' }],
    },
    {
      stage: (directory) => csv({ path: join(directory, 'out.csv'), dialect: 'dey' }),
      read: text('out.csv'),
    },
    { stage: (directory) => csv({ path: join(directory, 'out.csv.gz'), dialect: 'dey' }) },
  ],
  jsonl: [
    {
      stage: (directory) => jsonl({ path: join(directory, 'out.jsonl') }),
      read: text('out.jsonl'),
      invalidOptions: [{}, { path: '' }],
    },
  ],
  arrow: [
    { stage: (directory) => arrow({ path: join(directory, 'out.arrow') }), invalidOptions: [{}] },
    { stage: (directory) => arrow({ path: join(directory, 'out.arrows') }) },
  ],
  directories: [
    {
      stage: (directory) =>
        directories({ path: join(directory, 'out.csv'), hardLinks: join(directory, 'links.csv') }),
      read: (directory) => text('out.csv')(directory) + text('links.csv')(directory),
      invalidOptions: [{}, { path: 'x.txt' }, { path: 7 }],
    },
  ],
  summary: [
    {
      stage: (directory) => summary({ path: join(directory, 'out.json') }),
      read: timeless('out.json'),
      invalidOptions: [{}],
    },
    {
      stage: (directory) => summary({ path: join(directory, 'out.prom') }),
      read: timeless('out.prom'),
    },
  ],
  age: [{ stage: () => age({ time: 'mtime', over: '2y' }), invalidOptions: [{}, 7] }],
  glob: [{ stage: () => glob('*.txt'), invalidOptions: [{}, []] }],
  group: [{ stage: () => group('root'), invalidOptions: [{}, []] }],
  hardlinks: [{ stage: () => hardlinks() }],
  mode: [{ stage: () => mode('world-writable'), invalidOptions: ['x'] }],
  owner: [{ stage: () => owner(['root', 65534]), invalidOptions: [{}] }],
  regex: [{ stage: () => regex('^file'), invalidOptions: [{}] }],
  size: [{ stage: () => size({ over: '1MiB' }), invalidOptions: [{}, 'x'] }],
  type: [{ stage: () => type(['file', 'symlink']), invalidOptions: ['x'] }],
  where: [{ stage: () => where('size > 1MiB or ext = "txt"'), invalidOptions: [7, {}] }],
  repair: [
    {
      // Finds nothing to change: the kit runs a stage twice over the same files and compares.
      stage: (directory) => permissionRepair({ root: directory, group: 'keep', setgid: false }),
      invalidOptions: [{ root: '' }, { root: '/srv', group: -1 }, { root: '/srv', rule: 'x' }],
    },
  ],
};

it('every built-in plugin is here', () => {
  expect(Object.keys(subjects)).toEqual(Object.keys(builtIns));
});

for (const subject of Object.values(subjects).flat()) conformance({ describe, it, ...subject });
