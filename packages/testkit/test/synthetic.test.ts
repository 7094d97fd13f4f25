import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { definePlugin, type EntryBatch, PwalkError, runPipeline } from '@pwalk/core';
import { anyOptions, conformance, synthetic } from '@pwalk/testkit';
import { describe, expect, it } from 'vitest';

type Options = Parameters<typeof synthetic>[0];

type Row = {
  readonly path: string;
  readonly name: string;
  readonly ext: string;
  readonly type: string;
  readonly depth: number;
  readonly inode: bigint;
  readonly parent_inode: bigint;
  readonly nlink: number;
  readonly is_hardlink: boolean;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly mtime: bigint;
  readonly file_count: bigint | null;
  readonly dir_sum: bigint | null;
};

/** A sink that copies the rows, and says whether the memory of a batch may be used again. */
const copying = definePlugin({
  name: 'copying',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<{ readonly rows: Row[]; readonly releases: boolean }>(),
  capabilities: ({ releases }) => ({ columns: 'all', releases }),
  create: ({ rows }) => ({
    async write(batch: EntryBatch) {
      // The next ones are made meanwhile.
      await setImmediate();
      for (let row = 0; row < batch.length; row++) rows.push(batch.row(row) as Row);
    },
  }),
});

async function rowsOf(options: Options, releases = false) {
  const rows: Row[] = [];
  const { accounting } = await runPipeline({
    source: synthetic(options),
    sinks: [copying({ rows, releases })],
  });
  return { rows, accounting };
}

const shape = { entries: 5_000, files: 7, directories: 3, hardLinks: 0.2, batchRows: 100 };

conformance({
  describe,
  it,
  stage: () => synthetic({ entries: 500 }),
  invalidOptions: [{}, { entries: 0 }],
});

describe('a synthetic tree', () => {
  it('is one: what directories say is what is in them, and all of it is there', async () => {
    const { rows, accounting } = await rowsOf(shape);
    expect(accounting).toMatchObject({ read: 5_000, rows: 5_000, states: { ok: 5_000 } });
    const byPath = new Map(rows.map((row) => [row.path, row]));
    expect(byPath.size).toBe(5_000);
    const inside = new Map<string, { count: bigint; sum: bigint }>();
    let bytes = 0n;
    for (const { path, name, ext, type, depth, parent_inode, size, blocks } of rows) {
      if (path === '/synthetic') continue;
      const parent = byPath.get(dirname(path));
      expect(parent).toMatchObject({ type: 'directory', inode: parent_inode, depth: depth - 1 });
      expect([path.endsWith(`/${name}`), name.length]).toEqual([true, 16]);
      expect(ext).toBe(type === 'file' ? 'dat' : '');
      expect(blocks).toBe(((size + 4095n) / 4096n) * 8n);
      const { count, sum } = inside.get(dirname(path)) ?? { count: 0n, sum: 0n };
      inside.set(dirname(path), { count: count + 1n, sum: sum + size });
      if (type === 'file') bytes += size;
    }
    expect(accounting?.bytes).toBe(bytes);
    const directories = rows.filter(({ type }) => type === 'directory');
    expect(directories.length).toBe(accounting?.directories);
    for (const { path, file_count, dir_sum } of directories) {
      const { count, sum } = inside.get(path) ?? { count: 0n, sum: 0n };
      expect([file_count, dir_sum]).toEqual([count, sum]);
    }
    // Full, or full on the last level, but for those at the end.
    const full = directories.filter(({ file_count: n }) => n === 10n || n === 7n);
    expect(full.length).toBeGreaterThan(400);
    expect(byPath.get('/synthetic')).toMatchObject({ depth: -1, parent_inode: 0n });
  });

  it('has files with two names, a share of them, that are the same whatever is asked', async () => {
    const { rows } = await rowsOf(shape);
    const files = rows.filter(({ type }) => type === 'file');
    const linked = new Map<bigint, Row[]>();
    for (const file of files.filter(({ is_hardlink }) => is_hardlink)) {
      linked.set(file.inode, [...(linked.get(file.inode) ?? []), file]);
    }
    expect(linked.size).toBe(Math.ceil((files.length * 0.2) / 2));
    let elsewhere = 0;
    for (const names of [...linked.values()].slice(0, -1)) {
      expect(names.length).toBe(2);
      const [first, second] = names.map(({ size, mtime, nlink }) => ({ size, mtime, nlink }));
      expect([first, first?.nlink]).toEqual([second, 2]);
      if (new Set(names.map(({ parent_inode }) => parent_inode)).size > 1) elsewhere++;
    }
    expect(elsewhere).toBeGreaterThan(10);
    const single = files.filter(({ is_hardlink }) => !is_hardlink);
    expect(new Set(single.map(({ inode }) => inode)).size).toBe(single.length);
  });

  it('is the same in batches of any size, in memory that is used again, and behind a wait', async () => {
    const { rows } = await rowsOf(shape);
    expect((await rowsOf({ ...shape, batchRows: 64 }, true)).rows).toEqual(rows);
    expect((await rowsOf({ ...shape, latency: 0.1 }, true)).rows).toEqual(rows);
  });

  it.each([
    ['a chain', { entries: 300, files: 0, directories: 1 }, 300, 298],
    ['one directory', { entries: 5_001, files: 5_000, directories: 0 }, 1, 0],
    ['no more than its root', { entries: 1 }, 1, -1],
    ['of levels that are given', { entries: 99, files: 2, directories: 2, depth: 9 }, 37, 9],
  ])('is %s', async (_, options, directories, deepest) => {
    const { rows, accounting } = await rowsOf(options, true);
    expect([rows.length, accounting?.directories]).toEqual([options.entries, directories]);
    expect(Math.max(...rows.map(({ depth }) => depth))).toBe(deepest);
  });

  it.each<[Options, string]>([
    [{ entries: 100, files: 3, directories: 0 }, 'has no room for 100 entries'],
    [{ entries: 99, files: 2, directories: 2, depth: 2 }, '2 levels deep, has no room'],
    [{ entries: 9_999, files: 0, directories: 1 }, 'paths longer than 65535 bytes'],
    [{ entries: 9, files: 12_345, nameLength: 8 }, 'give nameLength: 10'],
  ])('is refused where none can be: %j', async (options, why) => {
    const refused = await rowsOf(options).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PwalkError);
    expect(refused).toMatchObject({
      code: 'PWALK_OPTIONS_INVALID',
      message: expect.stringContaining(why),
    });
  });
});
