import { describe, expect, it } from 'vitest';
import { undo } from '../src/index.js';
import { repairing } from './support/repairing.js';
import { GROUP, image, isRoot, project, scratch, state, USER } from './support/tree.js';

const here = scratch();
const journal = () => here.at('journal');
const own = { uid: USER, gid: USER };

describe.runIf(isRoot)('each rule changes what it names, once, and can be undone', () => {
  /** Applies, checks a second run finds nothing, undoes, and checks that all is as before. */
  async function roundTrip(top: string, options: Parameters<typeof repairing>[1]) {
    const before = state(top);
    const planned = await repairing(top, options);
    expect(state(top)).toEqual(before);
    const done = await repairing(top, { ...options, apply: true, journal: journal() });
    expect(done).toMatchObject({ planned: planned.planned, applied: planned.planned, exitCode: 0 });
    const after = state(top);
    const again = await repairing(top, { ...options, apply: true, journal: here.at('again') });
    expect(again).toMatchObject({ planned: 0, applied: 0, journal: null, exitCode: 0 });
    expect(state(top)).toEqual(after);
    const undone = await undo(journal());
    expect(undone).toMatchObject({ applied: done.applied, stale: 0, exitCode: 0 });
    expect(state(top)).toEqual(before);
    return { after, done };
  }

  it('the group of the parent, setgid, and rights for the group', async () => {
    const top = project(here);
    const { after, done } = await roundTrip(top, { forceGroupWritable: true });
    expect(Object.fromEntries(after)).toEqual({
      '.': `0:${GROUP} 2775`,
      a: `${USER}:${GROUP} 2770`,
      'a/b': `${USER}:${GROUP} 2770`,
      'a/b/run.sh': `${USER}:${GROUP} 770`,
      'a/f': `${USER}:${GROUP} 660`,
    });
    expect(done.byRule).toEqual({
      setgid: 2,
      group: 4,
      forceGroupWritable: 4,
      ensureGroupReadable: 0,
      owner: 0,
    });
  });

  it('setgid alone', async () => {
    const top = project(here);
    const { after } = await roundTrip(top, { group: 'keep' });
    expect(after.get('a')).toBe(`${USER}:${USER} 2700`);
    expect(after.get('a/f')).toBe(`${USER}:${USER} 600`);
  });

  it('a given group, only where the group is bad', async () => {
    const top = project(here);
    here.file('proj/good', { uid: USER, gid: 5151 });
    here.file('proj/roots', { uid: USER, gid: 0 });
    const { after } = await roundTrip(top, { group: 4343, setgid: false });
    expect(after.get('a/f')).toBe(`${USER}:4343 600`);
    expect(after.get('good')).toBe(`${USER}:5151 644`);
    expect(after.get('roots')).toBe(`${USER}:4343 644`);
    expect(after.get('.')).toBe(`0:${GROUP} 2775`);
  });

  it('a given group everywhere', async () => {
    const top = project(here);
    const { after } = await roundTrip(top, { group: 4343, groupAll: true, setgid: false });
    expect([...after.values()].filter((line) => line.includes(':4343 '))).toHaveLength(5);
  });

  it('groups that are listed as bad, though they do not exist', async () => {
    const top = project(here);
    here.file('proj/left', { uid: USER, gid: 7777 });
    const { after } = await roundTrip(top, { changeGids: [7777], setgid: false });
    expect(after.get('left')).toBe(`${USER}:${GROUP} 644`);
  });

  it('reading for the group, no more', async () => {
    const top = project(here);
    const { after } = await roundTrip(top, { ensureGroupReadable: true, setgid: false });
    expect(after.get('a')).toBe(`${USER}:${GROUP} 750`);
    expect(after.get('a/f')).toBe(`${USER}:${GROUP} 640`);
    expect(after.get('a/b/run.sh')).toBe(`${USER}:${GROUP} 740`);
  });

  it('from one owner to another, with a group', async () => {
    const top = project(here);
    const { after } = await roundTrip(top, {
      chownFrom: USER,
      chownTo: 65532,
      chownToGroup: 4343,
      setgid: false,
    });
    expect(after.get('a/f')).toBe('65532:4343 600');
    expect(after.get('.')).toBe(`0:${GROUP} 2775`);
  });

  it('names that are not UTF-8, or are for a shell to fear', async () => {
    const top = project(here);
    const name = Buffer.concat([Buffer.from(`${top}/a/`), Buffer.from([0xff, 0x0a, 0x22])]);
    const { writeFileSync, chownSync } = await import('node:fs');
    writeFileSync(name, '');
    chownSync(name, USER, USER);
    const { done } = await roundTrip(top, {});
    expect(done.applied).toBe(5);
  });

  it('says of what has the group of root that there is no other to take', async () => {
    const top = here.directory('proj', { gid: 0 });
    here.file('proj/f', { uid: 0, gid: 0 });
    const planned = await repairing(top, { setgid: false });
    expect(planned).toMatchObject({ planned: 0, skipped: { no_group: 2 } });
  });

  it('takes the group of the nearest trusted directory inside the root, never from above it', async () => {
    here.directory('proj', { gid: GROUP });
    const top = here.directory('proj/inner', { gid: 0 });
    here.file('proj/inner/f', own);
    expect(await repairing(top)).toMatchObject({ skipped: { no_group: 2 }, byRule: { group: 0 } });
    here.directory('proj/inner/trusted', { gid: 4343 });
    here.directory('proj/inner/trusted/users', { uid: USER, gid: 5555 });
    here.file('proj/inner/trusted/users/f', own);
    await repairing(top, { apply: true, journal: journal() });
    expect(image(here.at('proj/inner/trusted/users/f'))).toBe(`${USER}:4343 644`);
    expect(image(here.at('proj/inner/f'))).toBe(`${USER}:${USER} 644`);
  });

  it('gives rights to the group only where the group is right', async () => {
    const top = here.directory('proj', { gid: 0 });
    here.directory('proj/d', { ...own, mode: 0o700 });
    await repairing(top, { apply: true, journal: journal(), forceGroupWritable: true });
    expect(image(here.at('proj/d'))).toBe(`${USER}:${USER} 2700`);
  });
});
