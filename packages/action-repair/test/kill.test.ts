import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyPlan, undo } from '../src/index.js';
import { repairing } from './support/repairing.js';
import { GROUP, isRoot, project, scratch, state, testProgram, USER } from './support/tree.js';

const here = scratch();
const scripts = join(dirname(fileURLToPath(import.meta.url)), 'support');
let gate = '';

/** Runs a script behind the gate; the calls it made to change things, and how it ended. */
function gated(flags: readonly string[], script: string, args: readonly string[]) {
  const log = here.at('gate.log');
  const command = [process.execPath, join(scripts, script), ...args];
  const ended = spawnSync(gate, [...flags, log, ...command], { encoding: 'utf8', timeout: 60_000 });
  const calls = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [call, target, path, value, group, capabilities] = line.split('\t');
      return { call, target, path, value, group, capabilities };
    });
  return { ...ended, calls };
}

describe.runIf(isRoot)('behind a gate that sees every call that changes something', () => {
  beforeAll(() => {
    gate = testProgram('gate');
  });

  it.each([
    ['this kernel', []],
    ['a kernel without openat2 and fchmodat2', ['--missing', 'openat2', '--missing', 'fchmodat2']],
  ])('R4: bits are taken, then the group changes, then bits are given, on %s', (_, flags) => {
    const top = project(here);
    here.file('proj/suid', { uid: USER, gid: USER, mode: 0o4711 });
    const { calls, stdout } = gated(flags, 'repair-strip.mjs', [top, here.at('journal')]);
    expect(JSON.parse(stdout)).toMatchObject({ applied: 5, exitCode: 0 });
    const of = (target: string) =>
      calls.filter((call) => call.target === target).map(({ call, value }) => `${call} ${value}`);
    const chmod = flags.length === 0 ? 'fchmodat2' : 'fchmodat';
    const chown = 'fchownat 37777777777';
    expect(calls.every(({ call }) => [chmod, 'fchownat', 'fchmodat2'].includes(call))).toBe(true);
    // R9: CAP_CHOWN, CAP_DAC_READ_SEARCH, CAP_FOWNER and CAP_FSETID, and nothing else.
    expect(new Set(calls.map(({ capabilities }) => capabilities))).toEqual(
      new Set(['000000000000001d']),
    );
    if (flags.length === 0) {
      // No call names a path: all go to descriptors that were looked at.
      expect(calls.every(({ path }) => path === '')).toBe(true);
      expect(of(join(top, 'suid'))).toEqual([`${chmod} 711`, chown, `${chmod} 771`]);
      expect(of(join(top, 'a/f'))).toEqual([chown, `${chmod} 660`]);
      expect(of(join(top, 'a'))).toEqual([chown, `${chmod} 2770`]);
      const order = calls.map(({ target }) => target);
      expect(order.lastIndexOf(join(top, 'a/b/run.sh'))).toBeLessThan(
        order.indexOf(join(top, 'a/b')),
      );
      expect(order.lastIndexOf(join(top, 'a/b'))).toBeLessThan(order.indexOf(join(top, 'a')));
    } else {
      // The only names are those of descriptors below the verified /proc/self/fd.
      expect(calls.every(({ path }) => path === '' || /^\d+$/.test(path))).toBe(true);
    }
  });

  it('H37: nothing to change is no call at all, and no new ctime', () => {
    const top = here.directory('proj', { gid: GROUP, mode: 0o2775 });
    here.file('proj/f', { uid: USER, gid: GROUP, mode: 0o660 });
    const before = state(top, { ctime: true });
    const { calls, stdout } = gated([], 'repair.mjs', [top, here.at('journal')]);
    expect(JSON.parse(stdout)).toMatchObject({ applied: 0, exitCode: 0 });
    expect(calls).toEqual([]);
    expect(state(top, { ctime: true })).toEqual(before);
  });

  it('killed before any change or sync in turn: a run after it completes, an undo restores', async () => {
    const top = project(here);
    here.file('proj/suid', { uid: USER, gid: USER, mode: 0o4711 });
    const before = state(top);
    const restored = new Map(before).set('suid', `${USER}:${USER} 711`);
    const planned = await repairing(top, { setid: 'strip', forceGroupWritable: true });
    expect(planned.planned).toBe(5);
    const want = Object.fromEntries([
      ['.', `0:${GROUP} 2775`],
      ['a', `${USER}:${GROUP} 2770`],
      ['a/b', `${USER}:${GROUP} 2770`],
      ['a/b/run.sh', `${USER}:${GROUP} 770`],
      ['a/f', `${USER}:${GROUP} 660`],
      ['suid', `${USER}:${GROUP} 771`],
    ]);
    let killed = 0;
    for (let run = 2; ; run++) {
      const [n, goesOn] = [run >> 1, run % 2 === 0];
      const journal = here.at(`journal${run}`);
      const options = { apply: true, journal, setid: 'strip', forceGroupWritable: true } as const;
      const flags = ['--sync', '--kill', String(n)];
      const first = gated(flags, 'repair-strip.mjs', [top, journal]);
      if (first.status === 0) break;
      expect(first.status).toBe(137);
      killed++;
      // Once the run goes on first, once not: both what is half done and what is whole is undone.
      if (goesOn) {
        await repairing(top, options);
        expect(Object.fromEntries(state(top))).toEqual(want);
      }
      await undo(journal).catch((error: unknown) => {
        // Killed before the journal had its first line: nothing can have been changed.
        expect(String(error)).toContain('is not the journal');
      });
      const now = state(top);
      const isStripped = now.get('suid') === restored.get('suid');
      expect(now).toEqual(isStripped ? restored : before);
      rebuild();
    }
    expect(killed).toBeGreaterThan(24);

    function rebuild() {
      rmSync(top, { recursive: true });
      project(here);
      here.file('proj/suid', { uid: USER, gid: USER, mode: 0o4711 });
    }
  });

  it('a plan that was killed is gone on with in the same journal', async () => {
    for (let n = 1; ; n++) {
      rmSync(here.at('proj'), { recursive: true, force: true });
      rmSync(here.at('plan'), { force: true });
      const top = project(here);
      const before = state(top);
      const plan = here.at('plan');
      await repairing(top, { plan, forceGroupWritable: true });
      const journal = here.at(`journal${n}`);
      const first = gated(['--kill', String(n)], 'apply-plan.mjs', [plan, journal]);
      if (first.status === 0) {
        expect(n).toBe(9);
        break;
      }
      const second = await applyPlan(plan, { journal });
      expect(second).toMatchObject({ stale: 0, errors: 0, exitCode: 0 });
      expect(await repairing(top, { forceGroupWritable: true })).toMatchObject({ planned: 0 });
      await undo(journal);
      expect(state(top)).toEqual(before);
    }
  });

  it('a signal ends it between two changes, with the journal closed and the status of the signal', async () => {
    const top = project(here);
    const before = state(top);
    const journal = here.at('journal');
    const command = join(scripts, '../../../cli/bin/run.js');
    const args = [top, '--apply', '--force-group-writable', '--allow-unknown-gid'];
    const [log, run] = [here.at('gate.log'), [process.execPath, command, 'repair', ...args]];
    const flags = ['--term', '1', log, ...run, '--journal', journal, '--threads', '1'];
    const ended = spawnSync(gate, flags, { encoding: 'utf8', timeout: 60_000 });
    expect(ended).toMatchObject({ status: 143, stdout: '' });
    expect(ended.stderr).toMatch(
      /^pwalk: \d+ changes were made before the run ended; ".*journal" has them/,
    );
    const text = readFileSync(journal, 'utf8');
    expect(text.trimEnd().split('\n').at(-1)).toContain('"is":"end"');
    // The change under way was finished, and what was not begun is not half done.
    const done = text.match(/"status":"done"/g)?.length ?? 0;
    expect(done).toBeGreaterThan(0);
    expect(await undo(journal)).toMatchObject({ applied: done, stale: 0, exitCode: 0 });
    expect(state(top)).toEqual(before);
  });

  it('an undo that was killed is gone on with', async () => {
    for (let n = 1; ; n++) {
      rmSync(here.at('proj'), { recursive: true, force: true });
      const top = project(here);
      const before = state(top);
      const journal = here.at(`journal${n}`);
      await repairing(top, { apply: true, journal, forceGroupWritable: true });
      const { status } = gated(['--kill', String(n)], 'undo.mjs', [journal]);
      if (status !== 0) await undo(journal);
      expect(state(top)).toEqual(before);
      if (status === 0) break;
    }
  });
});
