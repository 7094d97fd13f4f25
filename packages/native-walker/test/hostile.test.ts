import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { isClosed } from '@pwalk/core';
import { type ScanOptions, snapshotNames } from '@pwalk/native-walker';
import {
  type BuiltTrees,
  buildTrees,
  compareRows,
  expectedRows,
  type HostileTree,
  hostileTrees,
  type ManifestEntry,
  type Row,
} from '@pwalk/testkit/trees';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, everyColumn } from './support/collect.js';

const isRoot = process.geteuid?.() === 0;
const trees: readonly HostileTree[] = Object.values(hostileTrees).filter(
  ({ needsRoot = false }) => isRoot || !needsRoot,
);

let scratch = '';
let built: BuiltTrees;
let before: ManifestEntry[];
let afterNative: ManifestEntry[];
const rowsOf = new Map<string, readonly Row[]>();

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'pwalk-hostile-'));
  chmodSync(scratch, 0o755);
  built = buildTrees(join(scratch, 'tree'), trees);
  before = built.manifest();
  rowsOf.set('native', await walk({ engine: 'native', snapshots: true }));
  afterNative = built.manifest();
  rowsOf.set('portable', await walk({ engine: 'portable', snapshots: true }));
});
afterAll(() => {
  built?.remove();
  rmSync(scratch, { recursive: true, force: true });
});

/**
 * The portable walker goes by path, and the kernel takes none of 4096 bytes: what is beyond, and what
 * a directory near the end says of its entries, it cannot know.
 */
const isReachable = (path: Buffer) => path.length + 256 < 4096;
const isBelow = (path: Buffer, tree: HostileTree) =>
  path.toString('latin1').startsWith(`${built.path}/${tree.name}`);
const pathOf = ({ path, path_raw: raw }: Row) =>
  raw instanceof Uint8Array ? Buffer.from(raw) : Buffer.from(String(path));

/** The rules that trees of their own are made for; all are the whole that a walk must see. */
const rules: Readonly<Record<string, string>> = {
  'deep-wide': 'H11',
  'deep-narrow': 'H12',
  'names-bytes': 'H14',
  'names-unicode': 'H19',
  symlinks: 'H21',
  specials: 'H23',
  mounts: 'H25',
};
const ruled = trees.map((tree) => ({ ...tree, rule: rules[tree.name] ?? 'H04' }));

describe.each(ruled)('$rule the tree $name: $about', (tree) => {
  it.each(['native', 'portable'])('is seen by the %s walker as lstat sees it', (engine) => {
    const expected = expectedRows(before).filter(({ entry }) => isBelow(entry.path, tree));
    const rows = rowsOf.get(engine)?.filter((row) => isBelow(pathOf(row), tree)) ?? [];
    if (engine === 'native') {
      expect(compareRows(expected, rows)).toEqual([]);
    } else {
      const seen = expected.filter(({ entry }) => isReachable(entry.path));
      const readable = rows.filter((row) => isReachable(pathOf(row)));
      // Something read the directories before it, itself included.
      expect(compareRows(seen, readable, { ignore: ['atime'] })).toEqual([]);
      // What is beyond its reach is not silently missing.
      const tooLong = rows.filter(({ errno }) => errno === constants.errno.ENAMETOOLONG);
      expect(tooLong.length > 0).toBe(seen.length < expected.length);
    }
    expect(rows.length).toBeGreaterThan(1);
  });
});

it('H27 the native walker leaves every time as it was, also those of access', () => {
  if (!isRoot) return; // others may not ask for that in directories of somebody else
  expect(afterNative).toEqual(before);
});

it('H05, H06, H07 an ordinary user sees what the rights allow, and the rest with its errno', () => {
  if (!isRoot) return; // only root can become somebody else
  const nobody = { uid: 65534, gid: 65534 };
  const expected = expectedRows(before, { as: nobody });
  expect(expected.filter(({ state }) => state === 'denied').length).toBeGreaterThan(15);
  expect(compareRows(expected, walkAs(nobody), { ignore: ['atime'] })).toEqual([]);
});

/** The C++ tests, which npm test builds before this runs; one of them walks what it is given. */
const sanitized = ['asan', 'tsan']
  .map((variant) => join(import.meta.dirname, `../build/walker_tests-${variant}`))
  .filter(existsSync);
it.runIf(isRoot).each(sanitized)(
  'are walked whole, without a finding of a sanitizer, by %s',
  (program) => {
    const { status, stderr } = spawnSync(program, ['--child', 'descriptors-24', built.path], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);

it('H28 snapshot directories are rows, what is in them is not, and decoys are entered', async () => {
  const rules = new Set(snapshotNames);
  const expected = expectedRows(before, {
    notEntered: ({ name }) => (rules.has(String(name)) ? 'skipped_snapshot' : null),
  });
  const rows = await walk({ engine: 'native' });
  expect(compareRows(expected, rows, { ignore: ['atime'] })).toEqual([]);
});

it('H29 the sizes of inodes with several names can be summed once', () => {
  const sizes = (entries: Iterable<readonly [string, unknown]>) =>
    [...new Map(entries).values()].reduce((sum: bigint, size) => sum + BigInt(String(size)), 0n);
  const rows = rowsOf.get('native') ?? [];
  expect(sizes(rows.map((row) => [`${row.dev}:${row.inode}`, row.size]))).toBe(
    sizes(before.map(({ stat }) => [`${stat.dev}:${stat.inode}`, stat.size])),
  );
});

async function walk(options: ScanOptions): Promise<readonly Row[]> {
  const { rows, accounting } = await collect(built.path, { ...options, columns: everyColumn });
  expect(isClosed(accounting)).toBe(true);
  return rows;
}

/** The rows of a walk in a process of another user. */
function walkAs(user: { uid: number; gid: number }): Row[] {
  const script = `
    import { serialize } from 'node:v8';
    import { scan } from '@pwalk/native-walker';
    const rows = [];
    scan(${JSON.stringify(built.path)}, { columns: ${JSON.stringify(everyColumn)}, snapshots: true }).subscribe({
      next: (batch) => { for (let i = 0; i < batch.length; i++) rows.push(batch.row(i)); },
      complete: () => process.stdout.write(serialize(rows)),
    });`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    maxBuffer: 1 << 28,
    ...user,
  });
  return deserialize(output);
}
