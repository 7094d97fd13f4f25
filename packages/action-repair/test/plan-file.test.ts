import {
  chmodSync,
  chownSync,
  copyFileSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { definePlugin } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { applyPlan } from '../src/index.js';
import { refusal, repairing } from './support/repairing.js';
import { GROUP, image, isRoot, project, scratch, state, USER } from './support/tree.js';

const here = scratch();
const plan = () => here.at('plan.parquet');
const journal = () => here.at('journal');

async function sql(query: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(query)).getRowObjectsJson();
}

describe.runIf(isRoot)('a plan on disk', () => {
  async function planned() {
    const top = project(here);
    await repairing(top, { plan: plan(), forceGroupWritable: true });
    return top;
  }

  it('is a table to review, every change with what it replaces, in the order of application', async () => {
    const top = await planned();
    const rows = await sql(`select * from '${plan()}' order by seq`);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({
      seq: '1',
      path: `${top}/a/b/run.sh`,
      rules: 'group,forceGroupWritable',
      reason: `group ${USER} to ${GROUP}, mode 0700 to 0770`,
      uid: USER,
      gid: USER,
      new_gid: GROUP,
      new_mode: 0o770,
      nlink: 1,
      acl: null,
      depth: 2,
    });
    expect(rows.map(({ path }) => path)).toEqual([
      `${top}/a/b/run.sh`,
      ...rows.slice(1, 3).map(({ path }) => path),
      `${top}/a`,
    ]);
    const { default: fs } = await import('node:fs');
    const { ctimeNs, ino } = fs.lstatSync(`${top}/a/f`, { bigint: true });
    const [row] = await sql(`select ctime_ns, inode from '${plan()}' where path like '%/a/f'`);
    expect(row).toEqual({ ctime_ns: String(ctimeNs), inode: String(ino) });
  });

  it('is for its owner alone, whatever the umask', async () => {
    const umask = process.umask(0o002);
    try {
      await planned();
    } finally {
      process.umask(umask);
    }
    expect(image(plan())).toBe('0:0 600');
    expect(await applyPlan(plan(), { journal: journal() })).toMatchObject({ applied: 4, stale: 0 });
  });

  it('is applied where entries are as planned; the rest is stale', async () => {
    const top = await planned();
    chmodSync(`${top}/a/f`, 0o604);
    const done = await applyPlan(plan(), { journal: journal() });
    expect(done).toMatchObject({ planned: 4, applied: 3, stale: 1, exitCode: 3 });
    expect(image(`${top}/a/f`)).toBe(`${USER}:${USER} 604`);
    expect(image(`${top}/a/b`)).toBe(`${USER}:${GROUP} 2770`);
  });

  it('made and applied in one go: what changed behind the walk is missing, and said to be', async () => {
    const top = project(here);
    const meddling = definePlugin({
      name: 'meddling',
      kind: 'filter',
      pwalk: '*',
      options: z.object({}),
      create: () => ({
        map(batch) {
          chmodSync(`${top}/a/f`, 0o604);
          return batch;
        },
      }),
    })({});
    const options = { plan: plan(), filters: [meddling] };
    expect(await repairing(top, options)).toMatchObject({ skipped: { changed: 1 }, exitCode: 0 });
    chmodSync(`${top}/a/f`, 0o600);
    const done = await repairing(top, { ...options, apply: true, journal: journal() });
    expect(done).toMatchObject({ applied: 3, stale: 0, skipped: { changed: 1 }, exitCode: 3 });
  });

  it('is applied again without changing anything', async () => {
    const top = await planned();
    await applyPlan(plan(), { journal: journal() });
    const after = state(top, { ctime: true });
    const again = await applyPlan(plan(), { journal: here.at('other') });
    expect(again).toMatchObject({ applied: 0, stale: 0, skipped: { already: 4 }, exitCode: 0 });
    expect(state(top, { ctime: true })).toEqual(after);
  });

  it('holds more than one row group, and rows in their order', async () => {
    const top = here.directory('many', { gid: GROUP, mode: 0o2775 });
    for (let i = 0; i < 33; i++) {
      here.directory(`many/d${i}`, { uid: USER, gid: USER });
      for (let j = 0; j < 500; j++) here.file(`many/d${i}/f${j}`, { uid: USER, gid: USER });
    }
    const made = await repairing(top, { plan: plan() });
    expect(made.planned).toBe(16_533);
    const done = await applyPlan(plan(), { journal: journal() });
    expect(done).toMatchObject({ applied: 16_533, exitCode: 0 });
    expect(await repairing(top)).toMatchObject({ planned: 0 });
  });

  it.each([
    ['others can write', () => chmodSync(plan(), 0o664)],
    ['belongs to somebody else', () => chownSync(plan(), USER, USER)],
    [
      'was edited in place',
      () => {
        const bytes = readFileSync(plan());
        // In the first page, which holds the first column's values.
        bytes[40] ^= 1;
        writeFileSync(plan(), bytes);
      },
    ],
    [
      'was written anew with another row',
      () =>
        sql(
          `copy (select * replace (0 as new_gid) from '${plan()}') to '${here.at('new')}' (format parquet)`,
        ).then(() => renameSync(here.at('new'), plan())),
    ],
    [
      'has a head that was edited',
      () => {
        const text = readFileSync(plan(), 'latin1');
        const edited = text.replaceAll('"uid":0,', '"uid":7,');
        expect(edited).not.toBe(text);
        writeFileSync(plan(), edited, 'latin1');
      },
    ],
    ['is no Parquet file', () => writeFileSync(plan(), 'not a plan')],
    [
      'is a link',
      () => {
        renameSync(plan(), here.at('real'));
        here.symlink('real', 'plan.parquet');
      },
    ],
  ])('H48: is refused when it %s', async (_, damage) => {
    const top = await planned();
    const before = state(top, { ctime: true });
    await damage();
    const applying = applyPlan(plan(), { journal: journal() });
    await expect(applying).rejects.toMatchObject({ exitCode: 4 });
    expect(await refusal(applying)).toBe('PWALK_PLAN_REFUSED');
    expect(state(top, { ctime: true })).toEqual(before);
  });

  it('is refused when it is too old, or the tree is another', async () => {
    const top = await planned();
    expect(await refusal(applyPlan(plan(), { maxAge: -1 }))).toBe('PWALK_PLAN_REFUSED');
    renameSync(top, here.at('moved'));
    project(here);
    const before = state(top, { ctime: true });
    expect(await refusal(applyPlan(plan(), { journal: journal() }))).toBe('PWALK_PLAN_REFUSED');
    expect(state(top, { ctime: true })).toEqual(before);
  });

  it('is not gone on with in the journal of another plan', async () => {
    await planned();
    copyFileSync(plan(), here.at('first'));
    await applyPlan(plan(), { journal: journal() });
    await repairing(here.at('proj'), { plan: plan(), group: 4343, groupAll: true });
    expect(await refusal(applyPlan(plan(), { journal: journal() }))).toBe('PWALK_JOURNAL_REFUSED');
  });
});
