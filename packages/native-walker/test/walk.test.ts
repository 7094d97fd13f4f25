import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isClosed } from '@pwalk/core';
import { scan } from '@pwalk/native-walker';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, everyColumn, pathOf, type Row } from './support/collect.js';
import { findPaths, type SampleTree, sampleTree } from './support/sample-tree.js';

let tree: SampleTree;
beforeAll(() => {
  tree = sampleTree();
});
afterAll(() => tree.remove());

const sorted = (paths: readonly Buffer[]) => paths.toSorted(Buffer.compare).map(String);

describe.each(['native', 'portable'] as const)('the %s walker', (engine) => {
  it('has one row for every path find prints, and a closed account', async () => {
    const { rows, accounting } = await collect(tree.path, { engine, snapshots: true });
    expect(rows.map(pathOf).map(String)).toEqual(sorted(tree.paths));
    expect(accounting).toMatchObject({
      read: tree.paths.length,
      rows: tree.paths.length,
      vanished: 0,
      excluded: 0,
    });
    expect(isClosed(accounting)).toBe(true);
  });

  it('gives every stat column the value lstat gives', async () => {
    const { rows } = await collect(tree.path, { engine, snapshots: true });
    for (const row of rows) {
      const stat = lstatSync(pathOf(row), { bigint: true });
      expect(row).toMatchObject({
        inode: stat.ino,
        dev: stat.dev,
        mode: Number(stat.mode),
        uid: Number(stat.uid),
        gid: Number(stat.gid),
        size: stat.size,
        blocks: stat.blocks,
        nlink: Number(stat.nlink),
        is_hardlink: !stat.isDirectory() && stat.nlink > 1n,
        mtime: BigInt(Math.floor(Number(stat.mtimeNs / 1000n))),
        state: 'ok',
        errno: null,
      });
      if (!stat.isDirectory()) expect(row).toMatchObject({ file_count: null, dir_sum: null });
    }
  });

  it('names, extends and places entries as the schema says', async () => {
    const { rows } = await collect(tree.path, { engine, snapshots: true });
    const row = (path: string) =>
      rows.find((candidate) => candidate.path === join(tree.path, path));
    const root = rows[0];
    expect(root).toMatchObject({ path: tree.path, depth: -1, parent_inode: 0n, type: 'directory' });
    expect(row('docs')).toMatchObject({
      depth: 0,
      parent_inode: root.inode,
      ext: '',
      type: 'directory',
    });
    expect(row('docs/a.tar.gz')).toMatchObject({
      depth: 1,
      name: 'a.tar.gz',
      ext: 'gz',
      type: 'file',
      is_hardlink: true,
    });
    expect(row('docs/.bashrc')).toMatchObject({ ext: '' });
    expect(row('docs/.bashrc.bak')).toMatchObject({ ext: 'bak' });
    expect(row('docs/deep/deeper/ends.')).toMatchObject({ ext: '', depth: 3 });
    expect(row('dir.d')).toMatchObject({ ext: '', type: 'directory', file_count: 0n, dir_sum: 0n });
    expect(row('to-directory')).toMatchObject({ type: 'symlink' });
    expect(row('fifo')).toMatchObject({ type: 'fifo' });
    expect(row('many')).toMatchObject({
      file_count: 3000n,
      dir_sum: BigInt(Array.from({ length: 3000 }, (_, i) => i % 7).reduce((a, b) => a + b)),
    });
  });

  it('gives the exact bytes of names that are not UTF-8, and a readable form', async () => {
    const { rows } = await collect(tree.path, { engine });
    const raw = rows.filter((row) => row.path_raw !== null);
    expect(raw.map((row) => row.path)).toEqual(
      ['bytes-\\xff', 'bytes-\\xff/inside.txt', 'latin1-\\xe9.d\\xff'].map(
        (name) => `${tree.path}/${name}`,
      ),
    );
    expect(raw.map((row) => row.name)).toEqual([
      'bytes-\\xff',
      'inside.txt',
      'latin1-\\xe9.d\\xff',
    ]);
    expect(raw.map((row) => row.ext)).toEqual(['', 'txt', 'd\\xff']);
    expect(
      raw.map(
        ({ path_raw }) =>
          path_raw instanceof Uint8Array &&
          Buffer.from(path_raw)
            .subarray(tree.path.length + 1)
            .toString('latin1'),
      ),
    ).toEqual(['bytes-\xff', 'bytes-\xff/inside.txt', 'latin1-\xe9.d\xff']);
  });

  it('does not enter snapshot directories, says so, and is complete all the same', async () => {
    const { rows, accounting } = await collect(tree.path, { engine });
    const skipped = rows.filter((row) => row.state === 'skipped_snapshot');
    expect(skipped).toMatchObject([
      { name: '.snapshot', type: 'directory', file_count: null, errno: null },
    ]);
    expect(rows.length).toBe(tree.paths.length - 2);
    expect(accounting.states).toMatchObject({ skipped_snapshot: 1 });
    const inside = await collect(join(tree.path, '.snapshot'), { engine });
    expect(inside.rows.map((row) => row.name)).toEqual(['.snapshot', 'hourly', 'copy']);
  });

  it('H24 prints roots and what is below them as find does, whatever they are', async () => {
    const { path } = tree;
    for (const root of [
      `${path}/docs/`,
      `${path}//docs//`,
      `${path}/docs/.`,
      `${path}/fifo`,
      `${path}/to-directory`,
      `${path}/to-directory/`,
      `${path}/broken`,
      `${path}/docs/.bashrc`,
    ]) {
      const { rows, accounting } = await collect(root, { engine, snapshots: true });
      expect(rows.map(pathOf).map(String), root).toEqual(sorted(findPaths(root)));
      expect(isClosed(accounting)).toBe(true);
    }
  });

  it('walks several roots in one scan', async () => {
    const roots = ['docs', 'many', 'fifo'].map((name) => join(tree.path, name));
    const { rows } = await collect(roots, { engine });
    expect(rows.map(pathOf).map(String)).toEqual(sorted(findPaths(...roots)));
    expect(rows.filter((row) => row.depth === -1)).toHaveLength(3);
  });

  it('refuses a root that is not there before it reads anything', async () => {
    const walk = lastValueFrom(scan([tree.path, '/no/such/\u001bdir'], { engine }));
    await expect(walk).rejects.toMatchObject({
      code: 'PWALK_ROOT_MISSING',
      message:
        'Cannot walk "/no/such/\\x1bdir": no such file or directory (ENOENT). Check the path.',
    });
  });

  it('produces only the columns asked for', async () => {
    const batch = await firstValueFrom(scan(tree.path, { engine, columns: ['name', 'type'] }));
    expect(batch.schema.fields.map(({ name }) => name)).toEqual(['name', 'type']);
    const { rows, accounting } = await collect(tree.path, {
      engine,
      columns: ['path', 'path_raw', 'type'],
      snapshots: true,
    });
    expect(rows.map(pathOf).map(String)).toEqual(sorted(tree.paths));
    expect(rows.filter((row) => row.type === 'fifo')).toHaveLength(1);
    if (engine === 'native') expect(accounting.bytes).toBeNull();
  });

  it('reports what an ordinary user may not read as rows, with the rest intact', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pwalk-denied-'));
    try {
      execFileSync(
        'sh',
        [
          '-c',
          'mkdir -p open closed listed/sub.d && touch closed/secret listed/name open/file && ln -s x listed/link && mkfifo listed/pipe && chmod 755 . && chmod 0 closed && chmod 744 listed',
        ],
        { cwd: dir },
      );
      const rows = asNobody(dir, engine);
      const byName = (name: string) => rows.find((row) => row.name === name);
      expect(rows.map((row) => row.name).toSorted()).toEqual(
        [
          'closed',
          'file',
          'link',
          'listed',
          'name',
          'open',
          'pipe',
          'sub.d',
          basename(dir),
        ].toSorted(),
      );
      expect(byName('closed')).toMatchObject({
        state: 'denied',
        errno: 13,
        operation: 'open',
        file_count: null,
        mode: 0o40000,
      });
      expect(byName('name')).toMatchObject({
        state: 'denied',
        errno: 13,
        operation: 'stat',
        inode: null,
        size: null,
      });
      expect(byName('listed')).toMatchObject({ state: 'ok', file_count: '4' });
      // What the directory itself says of them.
      const listed = ['name', 'sub.d', 'link', 'pipe'].map((name) => byName(name));
      expect(listed.map((row) => [row?.type, row?.ext, row?.errno])).toEqual([
        ['file', '', 13],
        ['directory', '', 13],
        ['symlink', '', 13],
        ['fifo', '', 13],
      ]);
      expect(byName('file')).toMatchObject({ state: 'ok', errno: null });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('never follows a symbolic link below a root', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'pwalk-links-'));
    try {
      writeFileSync(join(dir, 'file'), '');
      symlinkSync(dir, join(dir, 'loop'));
      symlinkSync('/etc', join(dir, 'out'));
      const { rows } = await collect(dir, { engine });
      expect(rows.map((row) => row.name)).toEqual([rows[0].name, 'file', 'loop', 'out']);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

it('native and portable walkers give identical rows', async () => {
  // Mounts and names of accounts are known to the native one only; reading a directory moves its atime once.
  const others = new Set<string>(['mnt_id', 'owner', 'group', 'atime']);
  const columns = everyColumn.filter((name) => !others.has(name));
  for (const root of [tree.path, '/usr/share/doc']) {
    const [native, portable] = await Promise.all(
      (['native', 'portable'] as const).map((engine) => collect(root, { engine, columns })),
    );
    expect(native.rows).toEqual(portable.rows);
    expect(native.accounting).toEqual(portable.accounting);
  }
});

/** The rows of a walk as uid 65534 when the tests run as root, else as whoever runs them. */
function asNobody(root: string, engine: string): Row[] {
  const script = `
    import { scan } from '@pwalk/native-walker';
    const rows = [];
    scan(${JSON.stringify(root)}, { engine: '${engine}', columns: ${JSON.stringify(everyColumn)} }).subscribe({
      next: (batch) => { for (let i = 0; i < batch.length; i++) rows.push(batch.row(i)); },
      complete: () => console.log(JSON.stringify(rows, (_, value) => typeof value === 'bigint' ? String(value) : value)),
    });`;
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('.', import.meta.url).pathname,
    ...user,
  });
  return JSON.parse(String(output));
}
