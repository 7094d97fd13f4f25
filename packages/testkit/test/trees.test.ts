import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildTrees,
  compareRows,
  type ExpectedRow,
  expectedRows,
  type HostileTree,
  hostileTrees,
  type Row,
} from '@pwalk/testkit/trees';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let scratch = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'pwalk-trees-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** The paths find prints, as latin1 text. It leaves out a mount that is its own parent, and says so. */
function found(path: string): string[] {
  const { stdout } = spawnSync('find', [path, '-print0'], { maxBuffer: 1 << 28 });
  return stdout.toString('latin1').split('\0').slice(0, -1).toSorted();
}

const trees: readonly HostileTree[] = Object.values(hostileTrees).filter(
  ({ needsRoot = false }) => !needsRoot || process.geteuid?.() === 0,
);

describe.each(trees)('the tree $name', (tree) => {
  it('has the entries find sees, and goes away whole', () => {
    const built = buildTrees(join(scratch, 'tree'), [tree]);
    try {
      expect(tree.about.length).toBeGreaterThan(0);
      const manifest = built.manifest();
      expect(built.manifest()).toEqual(manifest);
      expect(manifest.length).toBeGreaterThan(2);
      const paths = manifest.map(({ path }) => path.toString('latin1'));
      const isLoop = (path: string) => path.includes('/loop/again');
      expect(paths.filter((path) => !isLoop(path)).toSorted()).toEqual(
        found(built.path).filter((path) => !isLoop(path)),
      );
    } finally {
      built.remove();
    }
    expect(lstatSync(join(scratch, 'tree'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('expected rows', () => {
  it('leave out what a user may not see, and say why', () => {
    const built = buildTrees(join(scratch, 'tree'), ['permissions']);
    const rows = expectedRows(built.manifest(), { as: { uid: 65534, gid: 65534 } });
    const byPath = new Map(
      rows.map((row) => [row.entry.path.toString().slice(built.path.length + 13), row]),
    );
    expect(byPath.get('nothing')).toMatchObject({ state: 'denied', operation: 'open', errno: 13 });
    expect(byPath.has('nothing/file')).toBe(false);
    expect(byPath.get('list-only')).toMatchObject({ state: 'ok', listing: { bytes: 0n } });
    expect(byPath.get('list-only/file')).toMatchObject({ operation: 'stat', stat: null });
    expect(byPath.has('list-only/below/deeper')).toBe(false);
    expect(byPath.get('all/below/deeper')).toMatchObject({ state: 'ok', errno: null });
    built.remove();
  });

  it('leave out what is below directories that a rule keeps the walk out of', () => {
    const built = buildTrees(join(scratch, 'tree'), ['snapshots']);
    const rows = expectedRows(built.manifest(), {
      notEntered: ({ name }) => (String(name) === '.zfs' ? 'skipped_snapshot' : null),
    });
    const skipped = rows.filter(({ state }) => state === 'skipped_snapshot');
    expect(skipped.map(({ listing }) => listing)).toEqual([null]);
    expect(rows.length).toBe(built.manifest().length - 4);
    built.remove();
  });
});

describe('comparing rows', () => {
  const rowOf = ({ entry, stat, state, errno }: ExpectedRow): Row => ({
    path: entry.path.toString(),
    path_raw: entry.path,
    type: entry.type,
    inode: stat?.inode,
    size: String(stat?.size),
    state,
    errno,
  });

  it('finds what is missing, twice, invented or different, and nothing else', () => {
    const built = buildTrees(join(scratch, 'tree'), ['hard-links']);
    const expected = expectedRows(built.manifest());
    const rows = expected.map(rowOf);
    expect(compareRows(expected, rows)).toEqual([]);
    expect(compareRows(expected, rows.slice(1))).toEqual([`${built.path} is missing`]);
    expect(compareRows(expected, [...rows, rows[0]])).toEqual([`${built.path} is there twice`]);
    expect(compareRows(expected, [...rows, { ...rows[0], path_raw: Buffer.from('/\n') }])).toEqual([
      '/\\n is not in the tree',
    ]);
    const wrong = { ...rows[0], size: 7n, type: 'file' };
    expect(compareRows(expected, [wrong, ...rows.slice(1)])).toEqual([
      `${built.path}: type is file, not directory`,
      `${built.path}: size is 7, not ${rows[0].size}`,
    ]);
    expect(compareRows(expected, [wrong, ...rows.slice(1)], { ignore: ['size', 'type'] })).toEqual(
      [],
    );
    built.remove();
  });
});

it('refuses to build where something is', () => {
  writeFileSync(join(scratch, 'precious'), '');
  expect(() => buildTrees(scratch)).toThrow(`${scratch} is not empty`);
});

it('builds trees of your own', () => {
  const built = buildTrees(join(scratch, 'tree'), [
    { name: 'mine', about: 'one file', build: (directory) => directory.file('f', { size: 9 }) },
  ]);
  expect(built.manifest().at(-1)?.stat.size).toBe(9n);
  built.remove();
});
