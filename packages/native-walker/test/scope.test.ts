import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, pathOf, type Row } from './support/collect.js';
import { findPaths } from './support/sample-tree.js';
import { inMountNamespace, walkScript } from './support/walk-script.js';

const isRoot = process.getuid?.() === 0;
let tree = '';
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'pwalk-scope-'));
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

const states = (rows: readonly Row[]) =>
  Object.fromEntries(
    rows
      .filter(({ state }) => state !== 'ok')
      .map((row) => [String(row.path).slice(tree.length + 1), row.state]),
  );

describe.each(['native', 'portable'] as const)('the scope of the %s walker', (engine) => {
  it('max depth: the rows of find -maxdepth, and directories at the limit say so', async () => {
    mkdirSync(join(tree, 'a/b/c'), { recursive: true });
    for (const file of ['f', 'a/f', 'a/b/f']) writeFileSync(join(tree, file), 'x');
    for (const maxDepth of [0, 1, 2, 3, 9]) {
      const { rows, accounting } = await collect(tree, { engine, maxDepth });
      const found = findPaths(tree, '-maxdepth', String(maxDepth)).toSorted(Buffer.compare);
      expect(rows.map(pathOf).map(String)).toEqual(found.map(String));
      const limited = rows.filter(({ state }) => state === 'depth_limit');
      expect(limited.map(({ path }) => String(path).slice(tree.length))).toEqual(
        [[''], ['/a'], ['/a/b'], ['/a/b/c'], []][Math.min(maxDepth, 4)],
      );
      for (const row of limited) expect(row).toMatchObject({ file_count: null, errno: null });
      expect(accounting.states.depth_limit ?? 0).toBe(limited.length);
    }
  });

  it('followed links: each directory is entered once, links into the tree are loops', async () => {
    mkdirSync(join(tree, 'a/b'), { recursive: true });
    writeFileSync(join(tree, 'a/b/file'), 'x');
    const outside = mkdtempSync(join(tmpdir(), 'pwalk-outside-'));
    try {
      writeFileSync(join(outside, 'other'), 'x');
      symlinkSync(outside, join(outside, 'self'));
      const links = {
        up: '..',
        'a/self': '.',
        'to-b': 'a/b',
        out: outside,
        file: 'a/b/file',
        broken: 'no',
        around: 'around',
      };
      for (const [name, target] of Object.entries(links)) symlinkSync(target, join(tree, name));
      // "up" leads out of the tree: everything else there is not ours to walk.
      const options = { engine, followSymlinks: true, exclude: ['/up'] };
      const { rows, accounting } = await collect(tree, options);
      expect(states(rows)).toEqual({
        'a/self': 'loop',
        'to-b': 'loop',
        'out/self': 'loop',
        up: 'excluded',
      });
      expect(accounting.states).toMatchObject({ loop: 3 });
      const types = Object.fromEntries(
        rows.map(({ path, type }) => [String(path).slice(tree.length + 1), type]),
      );
      expect(types).toMatchObject({
        'a/b/file': 'file',
        'out/other': 'file',
        out: 'directory',
        file: 'symlink',
        broken: 'symlink',
        around: 'symlink',
      });
      expect(rows).toHaveLength(13);
      expect((await collect(tree, { engine })).rows).toHaveLength(11);
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it.runIf(isRoot)('stays on one file system when asked, else enters what stores something', () => {
    mkdirSync(join(tree, 'tmpfs'));
    mkdirSync(join(tree, 'proc'));
    writeFileSync(join(tree, 'tmpfs', 'below'), '');
    const mounts = inMountNamespace(
      `mount -t tmpfs none ${tree}/tmpfs; mount -t proc none ${tree}/proc; touch ${tree}/tmpfs/inner`,
    );
    const anywhere = walkScript(tree, { engine }, mounts);
    expect(states(anywhere.rows)).toEqual({ proc: 'pseudo_fs' });
    expect(anywhere.rows.map(({ name }) => name)).toContain('inner');
    expect(anywhere.rows.map(({ name }) => name)).not.toContain('below');
    const here = walkScript(tree, { engine, oneFileSystem: true }, mounts);
    expect(states(here.rows)).toEqual({ proc: 'other_fs', tmpfs: 'other_fs' });
    expect(here.rows).toHaveLength(3);
    expect(here.warnings).toEqual([]);
    const pseudo = walkScript(tree, { engine, includePseudo: true, maxDepth: 2 }, mounts);
    expect(pseudo.rows.map(({ name }) => name)).toContain('version');
    // A root is meant, whatever it is.
    const named = walkScript(join(tree, 'proc'), { engine, maxDepth: 1 }, mounts);
    expect(named.rows.map(({ name }) => name)).toContain('version');
  });

  it.runIf(isRoot)(
    'H25: a bind mount is another file system, although its device is the same',
    () => {
      mkdirSync(join(tree, 'source/inner'), { recursive: true });
      mkdirSync(join(tree, 'bind'));
      mkdirSync(join(tree, 'loop'));
      const mounts = inMountNamespace(
        `mount --bind ${tree}/source ${tree}/bind; mount --bind ${tree} ${tree}/loop`,
      );
      const here = walkScript(tree, { engine, oneFileSystem: true }, mounts);
      expect(states(here.rows)).toEqual({ bind: 'other_fs', loop: 'other_fs' });
      const paths = here.rows.map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining([`${tree}/source/inner`, `${tree}/bind`]));
      expect(paths).toHaveLength(5);
      // So is one that a followed link leads to.
      symlinkSync('bind', join(tree, 'to-bind'));
      symlinkSync('source/inner', join(tree, 'to-inner'));
      const followed = { engine, oneFileSystem: true, followSymlinks: true };
      expect(states(walkScript(tree, followed, mounts).rows)).toEqual({
        ...{ bind: 'other_fs', loop: 'other_fs', 'to-bind': 'other_fs', 'to-inner': 'loop' },
      });
      for (const link of ['to-bind', 'to-inner']) rmSync(join(tree, link));
      // A bind mount of the tree into itself is seen twice, and not forever.
      const everything = walkScript(tree, { engine }, mounts);
      expect(states(everything.rows)).toEqual({});
      expect(everything.rows).toHaveLength(5 + 1 + 4);
    },
  );

  it.runIf(isRoot)('what only automounts is not triggered', () => {
    mkdirSync(join(tree, 'auto'));
    // A direct mount whose daemon is gone: the first request for a mount breaks its pipe, and its options
    // say fd=-1 from then on. Requests come from other process groups than the daemon's only.
    const mounts = inMountNamespace(
      `mkfifo ${tree}/pipe; exec 4<>${tree}/pipe 3>${tree}/pipe 4>&-; rm ${tree}/pipe; mount -i -t autofs -o fd=3,minproto=5,maxproto=5,direct,pgrp=$$ none ${tree}/auto; setsid --fork --wait "$@"; grep -q " ${tree}/auto .*[ ,]fd=3," /proc/self/mountinfo || { echo a mount was requested >&2; exit 1; }; exit`,
    );
    for (const options of [{}, { includePseudo: true }, { columns: ['path', 'name', 'state'] }]) {
      const { rows } = walkScript(tree, { engine, ...options }, mounts);
      expect(states(rows)).toEqual({ auto: 'pseudo_fs' });
      expect(rows).toHaveLength(2);
    }
  });
});

describe('the scope of the native walker', () => {
  it('warns of a skipped snapshot directory that looks like user data', () => {
    mkdirSync(join(tree, 'project/.snapshot'), { recursive: true });
    mkdirSync(join(tree, '.zfs'));
    chmodSync(join(tree, '.zfs'), 0o555);
    const { rows, warnings } = walkScript(tree);
    expect(states(rows)).toEqual({
      '.zfs': 'skipped_snapshot',
      'project/.snapshot': 'skipped_snapshot',
    });
    expect(warnings).toEqual([
      `"${tree}/project/.snapshot" was not entered because it has the name of snapshots, but it looks like user data: it can be written and is on the file system around it. Use --snapshots to enter it.`,
    ]);
    expect(walkScript(tree, { snapshots: true }).warnings).toEqual([]);
  });

  it('refuses a depth that is none', () => {
    for (const maxDepth of [-1, 1.5, 2 ** 31]) {
      expect(() => walkScript(tree, { maxDepth })).toThrow(/maxDepth/);
    }
  });
});
