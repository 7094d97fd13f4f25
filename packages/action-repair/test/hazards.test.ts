import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applyPlan, undo } from '../src/index.js';
import { refusal, repairing } from './support/repairing.js';
import {
  GROUP,
  image,
  isRoot,
  project,
  scratch,
  state,
  testProgram,
  USER,
} from './support/tree.js';

const here = scratch();
const own = { uid: USER, gid: USER };
const journal = () => here.at('journal');
const apply = () => ({ apply: true, journal: journal(), forceGroupWritable: true }) as const;

/** Node has no call for extended attributes. */
function setAttribute(path: string, name: string, hex: string): void {
  execFileSync(testProgram('fixture'), ['attribute', path, name, hex]);
}

/** user::rw- user:1001:rw- group::r-- mask::r-- other::--- */
const namedUserAcl =
  '0200000001000600ffffffff02000600e903000004000400ffffffff10000400ffffffff20000000ffffffff';
const netRawCapability = '0100000200200000000000000000000000000000';

/** Runs a script of this directory in mount and other namespaces of its own. */
function inNamespace(flags: readonly string[], setUp: string, script: string, args: string[]) {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'support', script);
  const command = `${setUp}\nexec ${process.execPath} ${file} "$@"`;
  return spawnSync('unshare', [...flags, 'sh', '-ec', command, 'sh', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}

describe.runIf(isRoot)('what a tree may hold for the one who repairs it', () => {
  function victim() {
    here.directory('victim', { mode: 0o700 });
    here.file('victim/shadow', { gid: 42, mode: 0o640 });
    return state(here.at('victim'), { ctime: true });
  }

  it('H31: planted symbolic links are not followed', async () => {
    const before = victim();
    const top = project(here);
    here.symlink('../victim/shadow', 'proj/planted', USER);
    here.symlink('../victim', 'proj/planted_dir', USER);
    const done = await repairing(top, apply());
    expect(done).toMatchObject({ applied: 4, exitCode: 0, skipped: { symlink: 2 } });
    expect(state(here.at('victim'), { ctime: true })).toEqual(before);
  });

  it('H33: a hard link to a file outside is left alone', async () => {
    victim();
    const top = project(here);
    here.link('victim/shadow', 'proj/planted');
    const before = state(here.at('victim'), { ctime: true });
    const done = await repairing(top, { ...apply(), changeGids: [42] });
    expect(done).toMatchObject({ applied: 4, skipped: { hardlink_outside: 1 } });
    expect(state(here.at('victim'), { ctime: true })).toEqual(before);
  });

  it('H34: hard links are changed when all names are inside, once', async () => {
    // Not writable for the group: a tree that others may put another in place of is not repaired.
    const top = here.directory('proj', { gid: GROUP, mode: 0o2755 });
    here.directory('proj/one', { gid: GROUP, mode: 0o2775 });
    here.directory('proj/two', { gid: GROUP, mode: 0o2775 });
    here.file('proj/one/f', own);
    here.link('proj/one/f', 'proj/two/f');
    const half = await repairing(here.at('proj/one'), apply());
    expect(half).toMatchObject({ applied: 0, skipped: { hardlink_outside: 1 } });
    const done = await repairing(top, apply());
    expect(done).toMatchObject({ planned: 2, applied: 2 });
    expect(image(here.at('proj/two/f'))).toBe(`${USER}:${GROUP} 664`);
    expect(await undo(journal())).toMatchObject({ applied: 2 });
    expect(image(here.at('proj/one/f'))).toBe(`${USER}:${USER} 644`);
  });

  it('H34: a name that was made since the plan, outside, keeps a file from being changed', async () => {
    const top = here.directory('proj', { gid: GROUP, mode: 0o2775 });
    here.file('proj/f', own);
    here.link('proj/f', 'proj/g');
    await repairing(top, { plan: here.at('plan'), forceGroupWritable: true });
    renameSync(here.at('proj/g'), here.at('outside'));
    const done = await applyPlan(here.at('plan'), { journal: journal() });
    expect(done).toMatchObject({ applied: 0, stale: 1, exitCode: 3 });
    expect(image(here.at('outside'))).toBe(`${USER}:${USER} 644`);
  });

  it('H35: refuses while anybody may link to files of others', () => {
    const top = project(here);
    writeFileSync(here.at('zero'), '0\n');
    const before = state(top);
    const ended = inNamespace(
      ['-m'],
      `mount --bind '${here.at('zero')}' /proc/sys/fs/protected_hardlinks`,
      'repair.mjs',
      [top, journal()],
    );
    expect(ended.stderr).toContain('PWALK_APPLY_REFUSED: Anybody may hard-link');
    expect(state(top)).toEqual(before);
  });

  it('H36: set-id programs and capabilities are left alone, or lose what the kernel takes', async () => {
    const top = here.directory('proj', { gid: GROUP, mode: 0o2775 });
    here.file('proj/suid', { ...own, mode: 0o4755 });
    here.file('proj/sgid', { ...own, mode: 0o2755 });
    setAttribute(here.file('proj/caps', own), 'security.capability', netRawCapability);
    const before = state(top, { ctime: true });
    const careful = await repairing(top, apply());
    expect(careful).toMatchObject({ planned: 0, skipped: { setid: 3 } });
    expect(state(top, { ctime: true })).toEqual(before);
    const done = await repairing(top, { ...apply(), setid: 'strip' });
    expect(done).toMatchObject({ applied: 3, setidLost: 3, exitCode: 0 });
    expect(image(here.at('proj/suid'))).toBe(`${USER}:${GROUP} 775`);
    expect(image(here.at('proj/sgid'))).toBe(`${USER}:${GROUP} 775`);
    const undone = await undo(journal());
    expect(undone).toMatchObject({ applied: 3, setidLost: 3, exitCode: 3 });
    expect(image(here.at('proj/suid'))).toBe(`${USER}:${USER} 755`);
    expect(image(here.at('proj/caps'))).toBe(`${USER}:${USER} 644`);
  });

  it('H36: a set-id program becomes neither writable nor executable for more people', async () => {
    const top = here.directory('proj', { gid: GROUP, mode: 0o2775 });
    const modes = [0o4755, 0o2764, 0o4760];
    for (const mode of modes)
      here.file(`proj/${mode.toString(8)}`, { uid: USER, gid: GROUP, mode });
    const before = state(top, { ctime: true });
    expect(await repairing(top, { ...apply(), setid: 'strip' })).toMatchObject({
      planned: 0,
      skipped: { setid: modes.length },
    });
    expect(state(top, { ctime: true })).toEqual(before);
  });

  it('H38: access control lists are not widened unseen', async () => {
    const top = here.directory('proj', { gid: GROUP, mode: 0o2775 });
    const file = here.file('proj/acl', { uid: USER, gid: GROUP, mode: 0o640 });
    setAttribute(file, 'system.posix_acl_access', namedUserAcl);
    const careful = await repairing(top, apply());
    expect(careful).toMatchObject({ planned: 0, skipped: { acl: 1 } });
    expect(image(file)).toBe(`${USER}:${GROUP} 640`);
    const done = await repairing(top, { ...apply(), acl: 'mask' });
    expect(done).toMatchObject({ applied: 1, widenedAclEntries: 1 });
    expect(image(file)).toBe(`${USER}:${GROUP} 660`);
  });

  it('H39: immutable and append-only entries are left alone, the rest is done', async () => {
    const top = project(here);
    const files = [here.file('proj/fixed', own), here.file('proj/log', own)];
    execFileSync('chattr', ['+i', files[0]]);
    execFileSync('chattr', ['+a', files[1]]);
    try {
      const done = await repairing(top, apply());
      expect(done).toMatchObject({ applied: 4, skipped: { immutable: 2 } });
      expect(image(files[0])).toBe(`${USER}:${USER} 644`);
    } finally {
      execFileSync('chattr', ['-ia', ...files]);
    }
  });

  it('H40: fifos, sockets and devices are left alone', async () => {
    const top = project(here);
    execFileSync('mkfifo', ['-m', '600', here.at('proj/fifo')]);
    execFileSync('mknod', ['-m', '600', here.at('proj/null'), 'c', '1', '3']);
    const server = createServer().listen(here.at('proj/socket'));
    await once(server, 'listening');
    const specials = () => ['fifo', 'null', 'socket'].map((name) => image(join(top, name)));
    const before = specials();
    const done = await repairing(top, apply());
    const after = specials();
    server.close();
    expect(done).toMatchObject({ applied: 4, skipped: { special: 3 } });
    expect(after).toEqual(before);
  });

  it('H41: what is mounted below is not entered; bind mounts of the same device neither', () => {
    const top = project(here);
    here.directory('other', own);
    here.file('other/f', own);
    mkdirSync(join(top, 'bind'));
    mkdirSync(join(top, 'tmp'));
    const before = state(here.at('other'), { ctime: true });
    const ended = inNamespace(
      ['-m'],
      `mount --bind '${here.at('other')}' '${top}/bind'; mount -t tmpfs none '${top}/tmp'; chown ${USER}:${USER} '${top}/tmp'`,
      'repair.mjs',
      [top, journal()],
    );
    expect(JSON.parse(ended.stdout)).toMatchObject({ applied: 4, skipped: { mount: 2 } });
    expect(state(here.at('other'), { ctime: true })).toEqual(before);
  });

  it.each([
    ['a directory of the system', '/usr'],
    ['what is in one', '/usr/share'],
  ])('H41: %s mounted inside the tree ends it before anything is changed', (_, mounted) => {
    const top = project(here);
    mkdirSync(join(top, 'usr'));
    const before = state(top, { ctime: true });
    const setUp = `mount --bind ${mounted} '${top}/usr'`;
    const ended = inNamespace(['-m'], setUp, 'repair.mjs', [top, journal()]);
    expect(ended.stderr).toContain('PWALK_PATH_REFUSED');
    const itself = inNamespace(['-m'], setUp, 'repair.mjs', [join(top, 'usr'), journal()]);
    expect(itself.stderr).toContain('PWALK_PATH_REFUSED');
    const below = join(top, 'usr', mounted === '/usr' ? 'share' : 'doc');
    const inside = inNamespace(['-m'], setUp, 'repair.mjs', [below, journal()]);
    expect(inside.stderr).toContain('PWALK_PATH_REFUSED');
    expect(state(top, { ctime: true })).toEqual(before);
  });

  it('H46: an entry that was made anew since the plan is stale, under the same inode number too', async () => {
    const top = project(here);
    await repairing(top, { plan: here.at('plan'), forceGroupWritable: true });
    const { ino } = statSync(here.at('proj/a/f'));
    for (let attempt = 0; attempt < 100; attempt++) {
      unlinkSync(here.at('proj/a/f'));
      here.file('proj/a/f', { ...own, mode: 0o600 });
      if (statSync(here.at('proj/a/f')).ino === ino) break;
    }
    // The directory it is in has changed with it.
    const done = await applyPlan(here.at('plan'), { journal: journal() });
    expect(done).toMatchObject({ planned: 4, applied: 2, stale: 2, exitCode: 3 });
    expect(image(here.at('proj/a/f'))).toBe(`${USER}:${USER} 600`);
  });

  it("H49: a user's directory, or one of a system group, does not choose the group", async () => {
    const top = here.directory('proj', { gid: 42, mode: 0o755 });
    here.file('proj/f', own);
    const first = await repairing(top, apply());
    expect(first).toMatchObject({ skipped: { system_group: 1 } });
    here.directory('proj/users', { uid: USER, gid: GROUP });
    here.file('proj/users/f', own);
    await repairing(top, apply());
    expect(image(here.at('proj/users/f'))).toBe(`${USER}:${USER} 644`);
  });

  it('H50: refuses in a user namespace, where ids are not those on disk', () => {
    const top = project(here);
    const before = state(top);
    const ended = inNamespace(['-Ur'], ':', 'repair.mjs', [top, journal()]);
    expect(ended.stderr).toContain('PWALK_APPLY_REFUSED');
    expect(ended.stderr).toContain('user namespace');
    expect(state(top)).toEqual(before);
  });

  it('H51: says which capabilities are missing, and changes nothing', () => {
    const top = project(here);
    const before = state(top);
    const file = join(dirname(fileURLToPath(import.meta.url)), 'support/repair.mjs');
    const few = ['setpriv', '--bounding-set', '-all,+chown,+fowner', '--inh-caps', '-all'];
    const [command, ...rest] = [...few, process.execPath, file, top, journal()];
    const ended = spawnSync(command, rest, { encoding: 'utf8' });
    expect(ended.stderr).toContain(
      'PWALK_APPLY_REFUSED: Changing owners and modes needs CAP_FSETID',
    );
    expect(state(top)).toEqual(before);
  });

  it('refuses below a directory that another user may replace', async () => {
    here.directory('theirs', { uid: USER, gid: GROUP });
    const top = here.directory('theirs/proj', { gid: GROUP });
    here.file('theirs/proj/f', own);
    expect(await refusal(repairing(top, apply()))).toBe('PWALK_APPLY_REFUSED');
    expect(await repairing(top)).toMatchObject({ planned: 2, exitCode: 0 });
  });

  it('a disk that is full of its records: nothing is changed', () => {
    const top = project(here);
    mkdirSync(here.at('small'));
    const before = state(top, { ctime: true });
    for (const room of [0, 1]) {
      // Without a page left not even the first line fits; with one, the intents do not.
      const setUp = `
        mount -t tmpfs -o size=16k none '${here.at('small')}'
        dd if=/dev/zero of='${here.at('small')}/fill' bs=4k count=${4 - room} 2>/dev/null`;
      const ended = inNamespace(['-m'], setUp, 'repair.mjs', [top, here.at('small/journal')]);
      expect(ended.stderr).toContain('PWALK_OUTPUT_WRITE');
      expect(ended.stderr).toContain('ENOSPC');
      expect(state(top, { ctime: true })).toEqual(before);
    }
  });

  it('a disk on which not even the audit log can begin: no file of it is left', () => {
    const setUp = `
      mount -t tmpfs -o size=16k none '${here.directory('small')}'
      dd if=/dev/zero of='${here.at('small')}/fill' bs=4k count=4 2>/dev/null
      ${process.execPath} "$@" || ls -A '${here.at('small')}'`;
    const script = join(dirname(fileURLToPath(import.meta.url)), 'support', 'repair.mjs');
    const args = [script, project(here), here.at('small/journal')];
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-ec', setUp, 'sh', ...args], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stderr).toMatch(/^PWALK_OUTPUT_WRITE: The audit log cannot be written/);
    expect(stdout).toBe('fill\n');
  });

  it('R11: a limit of errors leaves exactly so many failures', async () => {
    const top = project(here);
    await repairing(top, { plan: here.at('plan'), forceGroupWritable: true });
    const before = state(top, { ctime: true });
    const setUp = `mount --bind '${top}' '${top}' && mount -o remount,bind,ro '${top}'`;
    const args = [here.at('plan'), journal(), '2'];
    const { stdout, stderr } = inNamespace(['-m'], setUp, 'apply-plan.mjs', args);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ applied: 0, errors: 2, stopped: 'max-errors' });
    expect(state(top, { ctime: true })).toEqual(before);
  });

  it('leaves its own journal and audit log alone, inside the tree', async () => {
    const top = project(here);
    here.directory('proj/private', { mode: 0o700 });
    const done = await repairing(top, {
      ...apply(),
      journal: here.at('proj/private/journal'),
      group: 4343,
      groupAll: true,
    });
    expect(done).toMatchObject({ exitCode: 0, skipped: { protected: 2 } });
    expect(image(here.at('proj/private/journal'))).toBe('0:0 600');
  });
});
