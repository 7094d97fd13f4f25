import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { collect, pathOf } from './support/collect.js';

const isRoot = process.getuid?.() === 0;
/** Accounts that no system has, and two that all have. */
const owners = [
  [3_999_999_999, 3_999_999_998],
  [0, 65534],
  [65534, 0],
] as const;

let tree: string;
beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'pwalk-owners-'));
  for (let i = 0; i < 30; i++) writeFileSync(join(tree, `file ${i}`), '');
  symlinkSync('nowhere', join(tree, 'link'));
  if (!isRoot) return;
  for (let i = 0; i < 30; i++) {
    const [uid, gid] = owners[i % owners.length] ?? [0, 0];
    chownSync(join(tree, `file ${i}`), uid, gid);
  }
});
afterAll(() => rmSync(tree, { recursive: true }));

it('owner and group are the names stat prints, and null where it prints UNKNOWN', async () => {
  const { rows } = await collect(tree, { columns: ['path', 'path_raw', 'owner', 'group'] });
  expect(rows).toHaveLength(32);
  for (const row of rows) {
    const names = execFileSync('stat', ['--format=%U\t%G', pathOf(row).toString()], {
      encoding: 'utf8',
    });
    const [owner, group] = names.trim().split('\t');
    expect([row.owner ?? 'UNKNOWN', row.group ?? 'UNKNOWN']).toEqual([owner, group]);
  }
  if (isRoot) expect(new Set(rows.map(({ owner }) => owner)).size).toBe(3);
});

it('the portable walker has no names', async () => {
  const { rows } = await collect(tree, { engine: 'portable', columns: ['owner', 'group'] });
  expect(new Set(rows.flatMap(({ owner, group }) => [owner, group]))).toEqual(new Set([null]));
});
