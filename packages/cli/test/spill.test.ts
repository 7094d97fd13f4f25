import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildFaults, pwalkWith } from './support/faults.js';
import { command, type Ended, pwalk, scratch, startPwalk } from './support/pwalk.js';
import { committedParts, expectSameRows, expectSameTables } from './support/scans.js';

const here = scratch();
const isRoot = process.getuid?.() === 0;

/** In one: one thread finds all of them before it enters the first, and not half fit into the least memory. */
const DIRECTORIES = 16_000;
const nameOf = (i: number) => `directory ${i} with a name as long as ${'people '.repeat(8)}give`;
const crowded = ['--memory', '16MiB', '--threads', '1'];

/** In memory where that is possible. */
const common = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pwalk-spill-'));
const tree = join(common, 'tree');
const whole = join(common, 'whole.parquet');

beforeAll(() => {
  buildFaults();
  mkdirSync(join(tree, 'many'), { recursive: true });
  for (let i = 0; i < DIRECTORIES; i++) mkdirSync(join(tree, 'many', nameOf(i)));
  for (let i = 0; i < DIRECTORIES; i += 100) {
    mkdirSync(join(tree, 'many', nameOf(i), 'deeper'));
    writeFileSync(join(tree, 'many', nameOf(i), 'deeper', 'file'), '');
  }
  const { status, stdout } = pwalk(['report', tree, '-o', whole, '--json']);
  expect({ status, spilled: JSON.parse(stdout).spilled }).toEqual({ status: 0 });
}, 300_000);
afterAll(() => rmSync(common, { recursive: true, force: true }), 300_000);
beforeEach(() => mkdirSync(here.at('spill')));

/** Nothing has, or had, a name there. */
function expectNoFiles() {
  expect(readdirSync(here.at('spill'))).toEqual([]);
}

/** Runs the command where the spill directory has room for so much and no more, and lists that in the end. */
function pwalkInRoom(size: string, args: readonly string[]): Ended {
  const script = `mount -t tmpfs -o size=${size} none spill && "$@"; status=$?; ls spill; exit $status`;
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['-m', 'sh', '-c', script, 'sh', process.execPath, command, ...args],
    { cwd: here.path, encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stdout, stderr };
}

describe('more directories than memory has room for', () => {
  it('the rows are those of a walk with plenty', async () => {
    const args = ['-o', 'little.parquet', ...crowded, '--spill-dir', 'spill'];
    const { status, stdout } = pwalk(['report', tree, ...args, '--json'], { cwd: here.path });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).spilled).toBeGreaterThan(1_000_000);
    await expectSameTables(here.at('little.parquet'), whole);
    expectNoFiles();
  });

  it('a scan that is killed, finds no room and goes on has them too, and says what it spilled', async () => {
    const settings = [...crowded, '--spill-dir', 'spill', '-q'];
    const scan = ['-o', 'scan', '--checkpoint', '--part-size', '16kB', ...settings];
    const fault = { call: 'sync', error: 'kill', name: '', first: 8, every: 0 } as const;
    expect(pwalkWith(fault, ['report', tree, ...scan], here.path).status).toBe(137);
    expectNoFiles();
    const before = await committedParts(here.at('scan'));
    expect(before.size).toBeGreaterThan(0);
    if (isRoot) {
      const { status, stderr } = pwalkInRoom('256k', ['resume', 'scan']);
      expect({ status, stderr }).toEqual({ status: 5, stderr: expect.stringContaining('ENOSPC') });
      expect(await committedParts(here.at('scan'))).toEqual(before);
    }
    mkdirSync(here.at('elsewhere'));
    const resume = ['resume', 'scan', '--spill-dir', 'elsewhere', '--json'];
    const { status, stdout } = pwalk(resume, { cwd: here.path });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).spilled).toBeGreaterThan(1_000_000);
    const after = await committedParts(here.at('scan'));
    for (const [name, identity] of before) expect(after.get(name)).toBe(identity);
    await expectSameRows(here.at('scan'), whole);
    expect(readdirSync(here.at('elsewhere'))).toEqual([]);
  });

  it('what is on disk has no name, and goes with a process that is killed', async () => {
    const args = ['-o', '-', '--format', 'csv', ...crowded, '--spill-dir', 'spill', '-q'];
    // Nobody reads its output: it stands still in the middle of the walk.
    const child = startPwalk(['report', tree, ...args], here.path);
    const ended = once(child, 'exit');
    const isOpen = () =>
      readdirSync(`/proc/${child.pid}/fd`).some((fd) => {
        try {
          return readlinkSync(`/proc/${child.pid}/fd/${fd}`).startsWith(here.at('spill'));
        } catch {
          return false;
        }
      });
    while (!isOpen()) {
      expect(child.exitCode).toBe(null);
      await new Promise(setImmediate);
    }
    expectNoFiles();
    child.kill('SIGKILL');
    await ended;
    expectNoFiles();
  });
});

describe('a spill directory without enough room', () => {
  it('for what the limit allows: status 5, the limit named, and the output that was there kept', () => {
    writeFileSync(here.at('x.parquet'), 'before');
    const args = ['-o', 'x.parquet', ...crowded, '--spill-dir', 'spill', '--spill-limit', '1MiB'];
    const { status, stdout, stderr } = pwalk(['report', tree, ...args], { cwd: here.path });
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toMatch(
      /^pwalk: The directories that wait .* the 1\.0 MiB they may take in "spill"; give more with --spill-limit or --memory\.\n$/,
    );
    expect(readFileSync(here.at('x.parquet'), 'utf8')).toBe('before');
    expect(readdirSync(here.path).sort()).toEqual(['spill', 'x.parquet']);
    expectNoFiles();
  });

  it.runIf(isRoot)('on its device: status 5, and nothing under any name', () => {
    const args = ['report', tree, '-o', 'x.parquet', ...crowded, '--spill-dir', 'spill'];
    const { status, stdout, stderr } = pwalkInRoom('256k', args);
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toMatch(
      /^pwalk: The directories that wait .* cannot be kept in "spill" \(ENOSPC\); make room there, or name another directory with --spill-dir\.\n$/,
    );
    expect(readdirSync(here.path)).toEqual(['spill']);
  });

  it('or none at all is told before anything is opened', () => {
    const refused = (...flags: string[]) => {
      const { status, stderr } = pwalk(['report', tree, '-o', 'x.parquet', ...flags], {
        cwd: here.path,
      });
      expect(readdirSync(here.path)).toEqual(['spill']);
      return `${status} ${stderr}`;
    };
    expect(refused('--spill-dir', 'missing')).toBe(
      '5 pwalk: The spill directory "missing" cannot be written to (ENOENT); name one that can (--spill-dir).\n',
    );
    expect(refused('--spill-dir', '')).toBe('2 pwalk: --spill-dir is empty; name a directory.\n');
    expect(refused('--spill-limit', '1kB')).toBe(
      '2 pwalk: --spill-limit 1kB is too little; give at least 1MiB.\n',
    );
  });
});
