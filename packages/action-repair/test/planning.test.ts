import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatchBuilder, definePlugin, EntrySchema, fullEntrySchema, runPipeline } from '@pwalk/core';
import { scan, walker } from '@pwalk/native-walker';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changesIn } from '../src/change.js';
import { permissionRepair, repair } from '../src/index.js';
import { plannedColumns } from '../src/scanned-columns.js';
import { repairing, stages } from './support/repairing.js';
import { GROUP, isRoot, scratch, USER } from './support/tree.js';

const here = scratch();
const own = { uid: USER, gid: USER };

const schema = new EntrySchema(
  plannedColumns.map((name) => fullEntrySchema.field(name)).filter((field) => field !== undefined),
);

/** A walk of which all entries are in one batch. */
const oneBatch = definePlugin({
  name: 'one-batch',
  kind: 'source',
  pwalk: '*',
  options: z.object({ root: z.custom<Uint8Array>((value) => value instanceof Uint8Array) }),
  create: ({ root }) => ({
    open: () => schema,
    async *read() {
      const all = new BatchBuilder(schema);
      const batches = scan([root], { columns: [...plannedColumns], oneFileSystem: true });
      await batches.forEach((batch) => {
        for (let row = 0; row < batch.length; row++) {
          all.append(
            Object.fromEntries(plannedColumns.map((name) => [name, batch.column(name).get(row)])),
          );
        }
      });
      yield all.finish();
    },
  }),
});

/**
 * A root of root's group, where there is nothing to take, and in it a directory with a group to hand on,
 * one that a user owns, one with a group of the system's, and a listed one.
 */
function mixed(): string {
  const top = here.directory('proj', { gid: 0 });
  for (const path of ['proj/a', 'proj/b', 'proj/c']) here.file(path, own);
  here.directory('proj/bare', { gid: 0 });
  here.directory('proj/bare/deeper', { gid: 0 });
  for (const path of ['proj/bare/a', 'proj/bare/b', 'proj/bare/deeper/a']) here.file(path);
  here.directory('proj/good', { gid: GROUP, mode: 0o2775 });
  here.directory('proj/good/inner', { gid: 0 });
  for (const path of ['proj/good/a', 'proj/good/inner/a', 'proj/good/inner/b']) here.file(path);
  here.file('proj/good/right', { uid: USER, gid: GROUP });
  here.directory('proj/users', { uid: USER, gid: 5555 });
  here.file('proj/users/a', own);
  here.directory('proj/system', { gid: 7 });
  here.file('proj/system/a', own);
  here.directory('proj/listed', { gid: 7777 });
  here.file('proj/listed/a', { uid: USER, gid: 7777 });
  return top;
}

/** Files in which a directory has no group: 3 + 2 + 1 + users/a + listed/a. */
const FILES_WITHOUT = 8;

describe.runIf(isRoot)('what each directory hands on decides, and is counted exactly', () => {
  const options = { setgid: false, changeGids: [7777] };

  it('for files and directories, with groups to take and without', async () => {
    const planned = await repairing(mixed(), options);
    // Of directories: the root, bare, bare/deeper and listed.
    expect(planned.skipped).toEqual({ no_group: FILES_WITHOUT + 4, system_group: 1 });
    // good/a, good/inner, good/inner/a and good/inner/b.
    expect(planned).toMatchObject({ planned: 4, errors: 0, exitCode: 0 });
    expect(planned.byRule).toMatchObject({ group: 4, setgid: 0 });
  });

  it('with setgid besides: directories without a group get that, files nothing', async () => {
    const planned = await repairing(mixed(), { changeGids: [7777] });
    expect(planned.skipped).toEqual({ no_group: FILES_WITHOUT + 4, system_group: 1 });
    // All directories but `good` get setgid, `good/inner` with its group.
    expect(planned.byRule).toMatchObject({ group: 4, setgid: 7 });
    expect(planned.planned).toBe(10);
  });

  it('where other rules ask for rights, too: without a group nothing is given', async () => {
    const planned = await repairing(mixed(), { ...options, forceGroupWritable: true });
    expect(planned.skipped).toEqual({ no_group: FILES_WITHOUT + 4, system_group: 1 });
    // The four, good/right, and the directories users and system, whose groups are right.
    expect(planned.byRule).toMatchObject({ group: 4, forceGroupWritable: 7 });
    expect(planned.planned).toBe(7);
  });

  it('where owners change, too: with a group that is given, none is awaited', async () => {
    const chown = { chownFrom: USER, chownTo: 65532, chownToGroup: 4343 };
    const planned = await repairing(mixed(), { ...options, ...chown });
    // All that USER owns gets owner and group: a, b, c, right, users, and one in each of three.
    expect(planned.byRule).toMatchObject({ owner: 8 });
    expect(planned.skipped).toEqual({ no_group: 7 });
    expect(planned.byRule).toMatchObject({ group: 8 + 4 });
  });

  it('with --group-all: what has the group already is neither planned nor told of', async () => {
    const planned = await repairing(mixed(), { ...options, groupAll: true });
    expect(planned.skipped).toEqual({ no_group: FILES_WITHOUT + 7, system_group: 1 });
    expect(planned).toMatchObject({ planned: 4, byRule: { group: 4 } });
  });

  it('for every name of a file with several, whatever its directory', async () => {
    const top = mixed();
    here.link('proj/a', 'proj/good/of-a');
    here.file('proj/good/two', own);
    here.link('proj/good/two', 'proj/good/inner/two');
    const planned = await repairing(top, options);
    // `of-a` would get a group, `a` none: not all names are in one change.
    expect(planned.skipped).toEqual({
      no_group: FILES_WITHOUT + 4,
      system_group: 1,
      hardlink_outside: 1,
    });
    expect(planned.planned).toBe(5);
  });

  it('but not for what is left out of the walk, which hands its group on all the same', async () => {
    const source = (root: Uint8Array) =>
      walker({ roots: [root], oneFileSystem: true, exclude: ['b', 'right'] });
    const all = { ...options, allowUnknownGid: true };
    const planned = await repair(mixed(), all, { ...stages, source });
    expect(planned.skipped).toEqual({ no_group: FILES_WITHOUT + 4 - 2, system_group: 1 });
    expect(planned.planned).toBe(3);
  });

  it('in a batch that is larger than what is inspected in one go', async () => {
    const top = here.directory('proj', { gid: 0 });
    here.directory('proj/good', { gid: GROUP });
    // Room for the records of all of them is more than there is for one look.
    const long = 'n'.repeat(240);
    for (let i = 0; i < 2500; i++) {
      here.file(`proj/${i}${long}`);
      here.file(`proj/good/${i}${long}`, own);
    }
    // More of them than are inspected in one go, however little room they take: no two neighbours are alike.
    here.directory('proj/mixed', { uid: USER, gid: 5555 });
    for (let i = 0; i < 4200; i++) here.file(`proj/mixed/${i}`, { uid: i + 1, gid: i + 1 });
    const all = { setgid: false, allowUnknownGid: true };
    const source = (root: Uint8Array) => oneBatch({ root });
    const planned = await repair(top, all, { ...stages, source });
    expect(planned.skipped).toEqual({ no_group: 2500 + 4200 + 1 });
    expect(planned).toMatchObject({ planned: 2500, byRule: { group: 2500 } });
  });

  it('whatever the bytes of the names of neighbours', async () => {
    const top = here.directory('proj', { gid: GROUP });
    const names = Array.from({ length: 300 }, (_, i) => `${i}`);
    for (const name of names) {
      const path = Buffer.from(join(top, name));
      const raw = Buffer.concat([path, Buffer.of(0xff)]);
      for (const file of [path, raw]) {
        writeFileSync(file, '');
        chownSync(file, USER, USER);
      }
    }
    const paths: Buffer[] = [];
    const onGroup = (records: Buffer) => {
      for (const { path } of changesIn(records)) paths.push(Buffer.from(path));
    };
    await runPipeline({
      source: walker({ roots: [top] }),
      actions: [permissionRepair({ root: top, setgid: false, allowUnknownGid: true, onGroup })],
      allow: ['fs:chmod', 'fs:chown'],
      dryRun: true,
    });
    const expected = names.flatMap((name) => [name, `${name}\xff`]);
    expect(paths.map((path) => path.toString('latin1')).sort()).toEqual(expected.sort());
  });
});
