import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { walk, walkSync } from 'pwalk';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const directory = scratch();
const isRoot = process.getuid?.() === 0;

/** The tree's entries below it, and itself. */
const entries = ['', '/link', '/one.txt', '/raw-\\xff', '/sub', '/sub/deeper', '/sub/two'];

function linesOf(text: string): string[] {
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

describe('pwalk walk', () => {
  it('prints every entry once, its directory first, escaped', () => {
    const tree = smallTree(directory.path);
    const { status, stdout, stderr } = pwalk(['walk', tree]);
    expect([status, stderr]).toEqual([0, '']);
    expect(linesOf(stdout).sort()).toEqual(entries.map((entry) => tree + entry));
    expect(linesOf(stdout)[0]).toBe(tree);
    expect(linesOf(stdout).indexOf(`${tree}/sub`)).toBeLessThan(
      linesOf(stdout).indexOf(`${tree}/sub/two`),
    );
  });

  it('--bottom-up prints what is in a directory before it', () => {
    const tree = smallTree(directory.path);
    const printed = linesOf(pwalk(['walk', tree, '--bottom-up']).stdout);
    expect([...printed].sort()).toEqual(entries.map((entry) => tree + entry));
    expect(printed.at(-1)).toBe(tree);
    expect(printed.indexOf(`${tree}/sub/deeper`)).toBeLessThan(printed.indexOf(`${tree}/sub`));
  });

  it('--print0 prints the exact bytes', () => {
    const tree = smallTree(directory.path);
    const { stdout } = spawnSync(process.execPath, [command, 'walk', tree, '--print0']);
    const expected = spawnSync('find', [tree, '-print0']).stdout;
    const split = (bytes: Buffer) => bytes.toString('latin1').split('\0').sort();
    expect(split(stdout)).toEqual(split(expected));
  });

  it('--json prints a directory a line', () => {
    const tree = smallTree(directory.path);
    const steps = linesOf(pwalk(['walk', tree, '--json']).stdout).map((line) => JSON.parse(line));
    expect(steps.map(({ dirpath }) => dirpath)).toEqual([
      tree,
      `${tree}/sub`,
      `${tree}/sub/deeper`,
    ]);
    expect(steps[0].filenames.toSorted()).toEqual(['link', 'one.txt', 'raw-\udcff']);
    expect(steps[1]).toEqual({ dirpath: `${tree}/sub`, dirnames: ['deeper'], filenames: ['two'] });
  });

  it('prints no name that commands a terminal, in no format but --print0', () => {
    const tree = directory.at('evil');
    mkdirSync(tree);
    writeFileSync(`${tree}/\x1b[2J\n\u202e\u009b`, '');
    for (const flags of [[], ['--json']]) {
      const { stdout } = pwalk(['walk', tree, ...flags]);
      expect(stdout).not.toMatch(/[^\n -~]/);
    }
  });

  it('--max-depth, --exclude and snapshots: what report leaves out, in both orders', () => {
    const tree = smallTree(directory.path);
    mkdirSync(`${tree}/.snapshot`);
    const printed = (...flags: string[]) =>
      linesOf(pwalk(['walk', tree, ...flags]).stdout)
        .map((line) => line.slice(tree.length))
        .sort();
    for (const order of [[], ['--bottom-up']]) {
      expect(printed('--max-depth', '0', ...order)).toEqual(['']);
      const level = ['', '/link', '/one.txt', '/raw-\\xff', '/sub'];
      expect(printed('--max-depth', '1', ...order)).toEqual(level);
      expect(printed('--max-depth', '1', '--snapshots', ...order)).toEqual([
        '',
        '/.snapshot',
        ...level.slice(1),
      ]);
      const without = ['', '/link', '/one.txt', '/sub', '/sub/deeper'];
      expect(printed('--exclude', 'raw*', '--exclude', '/sub/two', ...order)).toEqual(without);
      expect(printed('--exclude', 'sub/', ...order)).toEqual(level.slice(0, 4));
    }
    for (const glob of ['[', '[z-a]']) {
      const refused = pwalk(['walk', `${tree}/one.txt`, tree, '--exclude', glob]);
      expect(refused).toMatchObject({ status: 2, stdout: '' });
    }
  });

  it('--exclude compares a name that is made for it no longer than any other', () => {
    const tree = directory.at('dashes');
    mkdirSync(tree);
    writeFileSync(`${tree}/${'-'.repeat(255)}`, '');
    const glob = '*-*-*-*-*-*-*-*.tmp';
    // Going back to every star would take years; the command is killed after a minute.
    expect(pwalk(['walk', tree, '--exclude', glob, '--exclude', `/**/${glob}`]).status).toBe(0);
  });

  it('--follow-symlinks enters links to directories', () => {
    const tree = smallTree(directory.path);
    symlinkSync('sub', `${tree}/to-sub`);
    expect(linesOf(pwalk(['walk', tree]).stdout)).not.toContain(`${tree}/to-sub/two`);
    for (const order of [[], ['--bottom-up']]) {
      const { stdout } = pwalk(['walk', tree, '--follow-symlinks', ...order]);
      expect(linesOf(stdout)).toContain(`${tree}/to-sub/two`);
    }
    // Two that lead to each other, and one to the top.
    mkdirSync(`${tree}/a`);
    mkdirSync(`${tree}/b`);
    symlinkSync('../b', `${tree}/a/l`);
    symlinkSync('../a', `${tree}/b/l`);
    symlinkSync('..', `${tree}/a/up`);
    const { stdout, status } = pwalk(['walk', `${tree}/`, '--follow-symlinks']);
    expect(status).toBe(0);
    const inside = linesOf(stdout).filter((line) => /\/[ab]\//.test(line.slice(tree.length)));
    const expected = ['a/l', 'a/l/l', 'a/up', 'b/l', 'b/l/l', 'b/l/up'];
    expect(inside.sort()).toEqual(expected.map((name) => `${tree}/${name}`));
  });

  it.skipIf(!isRoot)('a link to the root directory leads upward where that is the top', () => {
    const alone = mkdtempSync('/pwalk-walk-');
    try {
      symlinkSync('/', `${alone}/root`);
      const rulesFile = directory.at('rules');
      writeFileSync(rulesFile, `/*\n!${alone}\n`);
      const rules = ['--exclude-from', rulesFile, '--max-depth', '3'];
      const root = pwalk(['walk', '/', '--follow-symlinks', ...rules]);
      expect(linesOf(root.stdout)).toEqual(['/', alone, `${alone}/root`]);
    } finally {
      rmSync(alone, { recursive: true });
    }
  });

  it.skipIf(!isRoot)(
    '--one-file-system prints a mount point, bind mounts too, and does not enter it',
    () => {
      const tree = smallTree(directory.path);
      const at = `${tree}/sub/deeper`;
      for (const mount of [
        ['-t', 'tmpfs', 'none', at],
        ['--bind', `${tree}/sub`, at],
      ]) {
        expect(spawnSync('mount', mount).status).toBe(0);
        try {
          writeFileSync(`${at}/mounted`, '');
          expect(linesOf(pwalk(['walk', tree]).stdout)).toContain(`${at}/mounted`);
          for (const order of [[], ['--bottom-up']]) {
            const printed = linesOf(pwalk(['walk', tree, '-x', ...order]).stdout);
            expect(printed).toContain(at);
            expect(printed).not.toContain(`${at}/mounted`);
          }
        } finally {
          spawnSync('umount', [at]);
        }
      }
    },
  );

  it.skipIf(!isRoot)(
    '--one-file-system enters no link to another mount, also of the same device',
    () => {
      const tree = directory.at('tree');
      for (const name of ['source/sub', 'bind', 'top'])
        mkdirSync(`${tree}/${name}`, { recursive: true });
      symlinkSync('../bind/sub', `${tree}/top/to-mount`);
      symlinkSync('../source/sub', `${tree}/top/to-here`);
      for (const name of ['source/sub/file', 'top/file']) writeFileSync(`${tree}/${name}`, '');
      expect(spawnSync('mount', ['--bind', `${tree}/source`, `${tree}/bind`]).status).toBe(0);
      try {
        const printed = linesOf(pwalk(['walk', `${tree}/top`, '-x', '--follow-symlinks']).stdout);
        expect(printed.map((path) => path.slice(tree.length)).toSorted()).toEqual([
          ...['/top', '/top/file', '/top/to-here', '/top/to-here/file', '/top/to-mount'],
        ]);
      } finally {
        spawnSync('umount', [`${tree}/bind`]);
      }
    },
  );

  it.skipIf(!isRoot)('triggers no automount, neither to look nor by reading ahead', () => {
    const tree = directory.at('tree');
    mkdirSync(tree);
    // A direct mount whose daemon is gone: the first request for a mount breaks its pipe, and its options
    // say fd=-1 from then on. Requests come from other process groups than the daemon's only.
    const script = `set -e; mount -t tmpfs none ${tree}; mkdir ${tree}/auto ${tree}/sub; ln -s auto ${tree}/to-auto
      mkfifo ${tree}/pipe; exec 4<>${tree}/pipe 3>${tree}/pipe 4>&-
      mount -i -t autofs -o fd=3,minproto=5,maxproto=5,direct,pgrp=$$ none ${tree}/auto
      for flags in --include-pseudo --read-ahead --bottom-up --follow-symlinks; do
        setsid --fork --wait "$@" $flags
      done
      grep -q " ${tree}/auto .*[ ,]fd=3," /proc/self/mountinfo`;
    const walking = [process.execPath, command, 'walk', tree];
    const { status, stdout } = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...walking], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(status).toBe(0);
    expect(linesOf(stdout)).toHaveLength(4 * 5);
  });

  it.skipIf(!isRoot)('ends with 3 when a directory cannot be read, and says which', () => {
    const tree = smallTree(directory.path);
    chmodSync(directory.path, 0o755);
    chmodSync(`${tree}/sub`, 0);
    chownSync(`${tree}/sub`, 0, 0);
    const { status, stdout, stderr } = pwalk(['walk', tree], { uid: 65534, cwd: '/' });
    expect(status).toBe(3);
    expect(stderr).toBe(`pwalk: EACCES: permission denied, scandir '${tree}/sub'\n`);
    expect(linesOf(stdout)).toContain(`${tree}/sub`);
  });

  it('prints a file alone, refuses a path that is not there', () => {
    const tree = smallTree(directory.path);
    expect(pwalk(['walk', `${tree}/one.txt`]).stdout).toBe(`${tree}/one.txt\n`);
    symlinkSync('round', `${tree}/round`);
    expect(pwalk(['walk', `${tree}/round`])).toEqual({
      status: 0,
      stdout: `${tree}/round\n`,
      stderr: '',
    });
    const { status, stdout, stderr } = pwalk(['walk', tree, '/not/there']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('Cannot walk "/not/there": no such file or directory (ENOENT)');
  });

  it('ends quietly when its reader goes away', async () => {
    const tree = directory.at('many');
    mkdirSync(tree);
    spawnSync('sh', ['-c', 'cd "$0" && seq 30000 | xargs touch', tree]);
    const child = spawn('sh', [
      '-c',
      '"$0" "$1" walk "$2" "$2" "$2" | head -n 1',
      process.execPath,
      command,
      tree,
    ]);
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    child.stderr.on('data', (text) => (said += text));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(said).toBe(`${tree}\n`);
    // All of it, where somebody reads.
    expect(linesOf(pwalk(['walk', tree]).stdout)).toHaveLength(30_001);
  });
});

describe('the package pwalk', () => {
  it('exports walk and walkSync', async () => {
    const tree = smallTree(directory.path);
    const steps = [];
    for await (const step of walk(tree)) steps.push(step);
    expect([...walkSync(tree)]).toEqual(steps);
    expect(steps).toHaveLength(3);
  });
});
