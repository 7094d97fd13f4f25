import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { repair } from '../src/index.js';
import { project as installed } from './support/project.js';
import { command, pwalk, scratch, sql } from './support/pwalk.js';

const isRoot = process.getuid?.() === 0;
const here = scratch();
const USER = 65533;

/** A project of group 4242 with a private directory in it, and names that are for a terminal to fear. */
function project(): string {
  const top = here.at('proj');
  mkdirSync(here.at('proj', 'a'), { recursive: true });
  writeFileSync(here.at('proj', 'a', 'f\u001b[31m\n'), '');
  writeFileSync(here.at('proj', 'a', 'keep.tmp'), '');
  chownSync(top, 0, 4242);
  chmodSync(top, 0o2775);
  for (const name of ['a/f\u001b[31m\n', 'a/keep.tmp', 'a'])
    chownSync(here.at('proj', name), USER, USER);
  return top;
}

function image(...path: string[]): string {
  const { uid, gid, mode } = lstatSync(here.at('proj', ...path));
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

const lenient = '--allow-unknown-gid';

describe.runIf(isRoot)('pwalk repair', () => {
  it('shows a plan, makes it, shows there is nothing left, and takes it back', () => {
    const top = project();
    const before = [image(), image('a'), image('a', 'keep.tmp')];
    const shown = pwalk(['repair', top, lenient]);
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    expect(shown.stdout).toContain('3 changes planned');
    expect(shown.stdout).toContain('Nothing was changed.');
    expect(shown.stdout).not.toContain('\u001b');
    expect([image(), image('a'), image('a', 'keep.tmp')]).toEqual(before);

    const journal = here.at('journal');
    const done = pwalk(['repair', top, lenient, '--apply', '--journal', journal, '--json']);
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({
      planned: 3,
      applied: 3,
      stale: 0,
      skipped: {},
      errors: 0,
      byRule: { setgid: 1, group: 3 },
      journal,
      exitCode: 0,
    });
    expect(image('a')).toBe(`${USER}:4242 2755`);
    const other = here.at('other');
    const again = pwalk(['repair', top, lenient, '--apply', '--json', '--journal', other]);
    expect(JSON.parse(again.stdout)).toMatchObject({ planned: 0, journal: null });

    const undone = pwalk(['repair', 'undo', journal]);
    expect(undone).toMatchObject({ status: 0, stderr: '' });
    expect([image(), image('a'), image('a', 'keep.tmp')]).toEqual(before);
  });

  it('stores a plan for review, for its owner only, and applies it', async () => {
    const top = project();
    const plan = here.at('plan.parquet');
    const stored = pwalk(['repair', top, lenient, '--plan', plan]);
    expect(stored.status).toBe(0);
    expect(lstatSync(plan).mode & 0o777).toBe(0o600);
    const rows = await sql(`select rules, count(*) n from '${plan}' group by rules order by rules`);
    expect(rows).toEqual([
      { rules: 'group', n: '2' },
      { rules: 'setgid,group', n: '1' },
    ]);
    const done = pwalk(['repair', 'apply', plan, '--journal', here.at('journal'), '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({ planned: 3, applied: 3, exitCode: 0 });
    expect(image('a')).toBe(`${USER}:4242 2755`);
  });

  it('stores the plan and makes it in one run', () => {
    const top = project();
    const plan = here.at('plan.parquet');
    const args = ['--plan', plan, '--apply', '--journal', here.at('journal'), '--json'];
    const done = pwalk(['repair', top, lenient, ...args]);
    expect(JSON.parse(done.stdout)).toMatchObject({ planned: 3, applied: 3, plan, exitCode: 0 });
    expect(image('a')).toBe(`${USER}:4242 2755`);
  });

  it('leaves out what is excluded', () => {
    const top = project();
    const args = ['--exclude', '*.tmp', '--apply', '--journal', here.at('journal'), '--json'];
    const done = pwalk(['repair', top, lenient, ...args]);
    expect(JSON.parse(done.stdout)).toMatchObject({ applied: 2 });
    expect(image('a', 'keep.tmp')).toBe(`${USER}:${USER} 644`);
  });

  it('plans without any privilege', () => {
    const top = project();
    chmodSync(here.path, 0o755);
    const planned = pwalk(['repair', top, lenient, '--json'], { cwd: '/', uid: USER });
    expect(planned).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(planned.stdout)).toMatchObject({ planned: 3, applied: 0 });
    const applied = pwalk(['repair', top, lenient, '--apply'], { cwd: '/', uid: USER });
    expect(applied).toMatchObject({ status: 4, stdout: '' });
    expect(applied.stderr).toContain('CAP_CHOWN');
  });

  it.each([
    ['/'],
    ['//'],
    ['/../'],
    ['/etc/..'],
    ['/etc/../etc'],
    ['/etc'],
    ['/usr/share/doc'],
    ['/proc/self/root'],
    ['/var/log'],
  ])('refuses %s, in one sentence', (path) => {
    const ended = pwalk(['repair', path]);
    expect(ended).toMatchObject({ status: 4, stdout: '' });
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended.stderr).toMatch(/^pwalk: "/);
  });

  it('refuses a link, and a directory reached through one', () => {
    symlinkSync('/etc', here.at('link'));
    symlinkSync(here.path, here.at('self'));
    project();
    for (const path of [here.at('link'), here.at('self', 'proj')]) {
      expect(pwalk(['repair', path])).toMatchObject({ status: 4, stdout: '' });
    }
  });

  it('takes /library and /usr2, whose names only begin like those of the system', () => {
    // Their own root directory: a mount namespace and a tmpfs that goes with it.
    const script = `
      mount -t tmpfs none /mnt; mkdir /mnt/library /mnt/usr2
      for d in /* ; do [ -d "$d" ] && [ "$d" != /mnt ] && mkdir -p "/mnt$d" && mount --rbind "$d" "/mnt$d"; done
      for l in bin lib lib64 sbin; do [ -L "/$l" ] && rmdir "/mnt/$l" 2>/dev/null && cp -P "/$l" /mnt/; done
      exec chroot /mnt sh -c '"$0" "$1" repair /library --json && "$0" "$1" repair /usr2 --json' "$0" "$1"`;
    const ended = spawnSync('unshare', ['-m', 'sh', '-c', script, process.execPath, command], {
      encoding: 'utf8',
    });
    expect(ended.stderr).toBe('');
    expect(ended.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(ended.status).toBe(0);
  });

  it.each([
    ['a group that does not exist', 4, ['--group', 'no-such-group']],
    ['a number that has no name', 4, ['--group', '77777']],
    ['an owner that does not exist', 4, ['--chown-from', 'nobody-here', '--chown-to', '0']],
    ["root's group", 2, ['--group', '0']],
    ['half a change of owner', 2, ['--chown-from', '5']],
    ['a negative group', 2, ['--group=-1']],
    ['groups that contradict', 2, ['--group', 'keep', '--group-all']],
    ['no changes at all', 2, ['--max-changes', '0']],
    ['applying and not', 2, ['--apply', '--dry-run']],
  ])('refuses %s', (_, status, flags) => {
    const ended = pwalk(['repair', project(), ...flags]);
    expect(ended).toMatchObject({ status, stdout: '' });
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('looks again when asked to, and tells what users made meanwhile', async () => {
    const top = project();
    const options = { apply: true, verify: true, allowUnknownGid: true };
    const onProgress = () => {
      writeFileSync(here.at('proj', 'new'), '');
      chownSync(here.at('proj', 'new'), USER, USER);
    };
    const first = await repair(top, { ...options, journal: here.at('1'), onProgress });
    expect(first).toMatchObject({ planned: 3, applied: 3, leftovers: 1, exitCode: 3 });
    const second = await repair(top, { ...options, journal: here.at('2') });
    expect(second).toMatchObject({ planned: 1, applied: 1, leftovers: 0, exitCode: 0 });
    const unasked = await repair(top, { ...options, verify: false, journal: here.at('3') });
    expect(unasked).toMatchObject({ planned: 0, leftovers: null });
    const args = ['--apply', '--verify', '--json', '--journal', here.at('4')];
    const { stdout } = pwalk(['repair', top, lenient, ...args]);
    expect(JSON.parse(stdout)).toMatchObject({ planned: 0, leftovers: 0 });
  });

  it('ends between two changes when it is told to, and says where to go on', async () => {
    const top = project();
    const stop = new AbortController();
    const journal = here.at('journal');
    const failing = repair(top, {
      apply: true,
      allowUnknownGid: true,
      journal,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(failing).rejects.toMatchObject({ code: 'PWALK_CANCELLED' });
    expect(image('a')).toBe(`${USER}:${USER} 755`);
    const done = await repair(top, { apply: true, allowUnknownGid: true, journal });
    expect(done).toMatchObject({ applied: 3, exitCode: 0 });
    expect(readFileSync(journal, 'utf8')).toContain('"is":"end"');
  });
});

describe.runIf(isRoot)('pwalk run with a repair in its pipeline', () => {
  /** A config whose repair finds a file changed between its plan and the change. */
  function config(options: Record<string, unknown>): string {
    installed(here.path, {});
    writeFileSync(
      here.at('c.mjs'),
      `import { chmodSync } from 'node:fs';
import { permissionRepair } from 'pwalk';
const onGroup = () => chmodSync('proj/a/keep.tmp', 0o600);
const options = { allowUnknownGid: true, onGroup, ...${JSON.stringify(options)} };
export default { roots: ['proj'], allow: ['fs:chmod', 'fs:chown'], actions: [permissionRepair(options)] };`,
    );
    return here.at('c.mjs');
  }

  it('tells what was not made and where the journal is, and ends with status 3', () => {
    const top = project();
    symlinkSync('a', here.at('proj', 'link'));
    lchownSync(here.at('proj', 'link'), USER, USER);
    const journal = here.at('journal');
    const ended = pwalk(['run', '-c', config({ journal })], { cwd: here.path });
    expect(ended).toMatchObject({ status: 3, stderr: '' });
    expect(ended.stdout).toContain(`repair#1: 3 changes planned, 2 applied
  skipped 1 symlink: `);
    expect(ended.stdout).toContain(`
  2 changes made
  1 left alone: not as they were planned
  \`pwalk repair undo ${journal}\` takes the changes back.
`);
    const again = pwalk(['repair', top, lenient, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ planned: 1 });
  });

  it('as JSON: the counts, a limit that stopped it with status 75, and a dry run without', () => {
    project();
    const file = config({ journal: here.at('journal'), maxChanges: 1 });
    const dry = pwalk(['run', '-c', file, '--dry-run', '--json'], { cwd: here.path });
    expect(dry.status).toBe(0);
    expect(dry.stderr.match(/^would /gm)).toHaveLength(3);
    expect(JSON.parse(dry.stdout).actions[0]).toMatchObject({
      stage: 'repair#1',
      planned: 3,
      applied: 0,
      state: 'complete',
      facts: { planned: 3, byRule: { group: 3 }, journal: null },
    });
    const ended = pwalk(['run', '-c', file, '--json'], { cwd: here.path });
    expect(ended.status).toBe(75);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      complete: false,
      exitCode: 75,
      actions: [{ state: 'stopped', facts: { stopped: 'max-changes', applied: 1 } }],
    });
  });

  it('needs one root to work below', () => {
    project();
    const ended = pwalk(['run', '-c', config({}), 'proj/a', 'proj'], { cwd: here.path });
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain('works below one directory, and the run has 2 roots; name it');
  });
});
