import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPipeline } from '@pwalk/core';
import { WalkPart, walker } from '@pwalk/native-walker';
import { Recording, recordingSink, slowSink } from '@pwalk/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lastCommit } from '../src/scan-directory/frontier-log.js';
import { buildFaults, pwalkWith } from './support/faults.js';
import { command, pwalk, scratch, startPwalk } from './support/pwalk.js';
import { expectSameRows, expectSameTables } from './support/scans.js';

const here = scratch();
const isRoot = process.getuid?.() === 0;

/** More than the batches in flight hold, several times. */
const ENTRIES = 80_000;

/** In memory where that is possible. */
const common = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pwalk-overflow-'));
const tree = join(common, 'tree');
let lines: string[] = [];

beforeAll(() => {
  buildFaults();
  for (let directory = 0; directory < 80; directory++) {
    const path = join(tree, `directory ${directory}`);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'first'), '');
    for (let i = 2; i < ENTRIES / 80; i++) linkSync(join(path, 'first'), join(path, `name ${i}`));
  }
  const raw = Buffer.concat([Buffer.from(join(tree, 'raw ')), Buffer.of(0xff)]);
  writeFileSync(raw, '');
  const { status, stdout } = pwalk(['report', tree, '-o', '-', '--format', 'csv', ...exact]);
  expect(status).toBe(0);
  lines = stdout.split('\n').sort();
  expect(lines.length).toBeGreaterThan(ENTRIES);
}, 300_000);
afterAll(() => rmSync(common, { recursive: true, force: true }), 300_000);
beforeEach(() => mkdirSync(here.at('spill')));

/** All columns but the time that reading changes. */
const columns =
  'path,path_raw,name,ext,type,inode,parent_inode,dev,depth,mode,uid,gid,size,blocks,nlink,is_hardlink,mtime,ctime,btime,file_count,dir_sum,state,errno';
const exact = ['--columns', columns];
const toPipe = ['-o', '-', '--format', 'csv', ...exact];
const spill = ['--overflow', 'spill', '--spill-dir', 'spill'];
/** Compressing takes its time, and has little memory to do it in. */
const slow = ['--compression', 'zstd:19', '--memory', '16MiB'];

type Running = ReturnType<typeof startPwalk>;

/** Bytes of the file in the spill directory that a process has open; 0 when it has none. */
function bytesSpilled(pid: number | undefined): number {
  const sizes = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    const path = `/proc/${pid}/fd/${fd}`;
    try {
      return readlinkSync(path).startsWith(here.at('spill')) ? statSync(path).size : 0;
    } catch {
      return 0; // It was closed in between.
    }
  });
  return Math.max(...sizes);
}

/** Resolves when so much is on disk: nobody reads the output meanwhile. */
async function spilled(child: Running, bytes: number): Promise<void> {
  while (bytesSpilled(child.pid) < bytes) {
    expect(child.exitCode).toBe(null);
    await new Promise(setImmediate);
  }
}

/** Reads what a command prints to its end. */
async function ended(child: Running): Promise<{ status: unknown; stdout: string; stderr: string }> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  }
  const [status] = await once(child, 'close');
  return { status, ...texts };
}

const MOST = 4 * 1024 * 1024;

describe('an output that is slower than the walk', () => {
  it.each(['native', 'portable'])(
    'gets what was found meanwhile, every row once: %s walker',
    async (engine) => {
      const config = {
        roots: [tree],
        source: { use: 'walker', options: { roots: [tree], engine } },
        sinks: [{ use: 'csv', options: { path: '-', columns: columns.split(',') } }],
        overflow: 'spill',
        spillDir: here.at('spill'),
        spillLimit: '1GiB',
      };
      writeFileSync(here.at('pwalk.config.json'), JSON.stringify(config));
      const child = startPwalk(['run', '-c', 'pwalk.config.json', '--json'], here.path);
      await spilled(child, MOST);
      const { status, stdout, stderr } = await ended(child);
      expect(status).toBe(0);
      expect(stdout.split('\n').sort()).toEqual(lines);
      const { entries, overflow } = JSON.parse(stderr);
      expect(entries).toBe(lines.length - 2);
      expect(overflow.peak).toBeGreaterThanOrEqual(MOST);
      expect(readdirSync(here.at('spill'))).toEqual([]);
    },
  );

  it('gets it from a report, which says what was on disk', async () => {
    const child = startPwalk(['report', tree, ...toPipe, ...spill], here.path);
    await spilled(child, MOST);
    const { status, stdout, stderr } = await ended(child);
    expect(status).toBe(0);
    expect(stdout.split('\n').sort()).toEqual(lines);
    expect(stderr).toMatch(
      /^[1-9][\d,]* batches, \d+\.\d MiB, were found before outputs were ready for them, and were on disk meanwhile, \d+\.\d MiB at a time at most$/m,
    );
  });

  it('gets it also when the walk was stopped', async () => {
    const part = new WalkPart();
    let isOpen = false;
    // Nothing is taken before the walk is stopped, and that is when so much is on disk.
    const until = async () => {
      while (!isOpen) {
        await new Promise(setImmediate);
        isOpen = bytesSpilled(process.pid) >= 1024 * 1024;
        if (isOpen) part.stop();
      }
    };
    const recording = new Recording();
    const { accounting, complete, overflow } = await runPipeline({
      source: walker({ roots: [tree], threads: 1, part }),
      sinks: [slowSink({ until }), recordingSink(recording)],
      overflow: 'spill',
      spillDir: here.at('spill'),
    });
    expect(complete).toBe(false);
    expect(recording.rows.length).toBe(accounting?.rows);
    expect(recording.rows.length).toBeLessThan(ENTRIES);
    expect(overflow?.bytes).toBeGreaterThanOrEqual(1024 * 1024);
  });

  it('gets it also in a scan that is killed and resumed', async () => {
    const scan = ['-o', 'scan', '--checkpoint', '--part-size', '400kB', ...slow, ...spill];
    const fault = { call: 'sync', error: 'kill', name: '', first: 8, every: 0 } as const;
    expect(pwalkWith(fault, ['report', tree, ...scan], here.path).status).toBe(137);
    expect(readdirSync(here.at('spill'))).toEqual([]);
    const before = (await lastCommit(here.at('scan/frontier.log')))?.overflow?.batches ?? 0;
    const { status, stdout } = pwalk(['resume', 'scan', '--json'], { cwd: here.path });
    expect(status).toBe(0);
    expect(JSON.parse(stdout).overflow.batches).toBeGreaterThan(before);
    const whole = ['report', tree, '-o', 'whole.parquet', '-q'];
    expect(pwalk(whole, { cwd: here.path }).status).toBe(0);
    await expectSameRows(here.at('scan'), here.at('whole.parquet'));
  });

  it('gets it also where files cannot be without a name from the start, as on NFS', async () => {
    const fault = { call: 'openat', error: 'EOPNOTSUPP', name: 'spill' } as const;
    const report = ['report', tree, '-o', 'slow.parquet', '--json', ...slow, ...spill];
    const { status, stdout } = pwalkWith(fault, report, here.path);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).overflow.batches).toBeGreaterThan(0);
    expect(readdirSync(here.at('spill'))).toEqual([]);
    const whole = ['report', tree, '-o', 'whole.parquet', '-q'];
    expect(pwalk(whole, { cwd: here.path }).status).toBe(0);
    await expectSameTables(here.at('slow.parquet'), here.at('whole.parquet'));
  });

  it('gets what there was room for, and then the walk waits', async () => {
    const args = ['report', tree, ...toPipe, ...spill, '--spill-limit', '2MiB', '--json'];
    const child = startPwalk(args, here.path);
    await spilled(child, 1024 * 1024);
    const { status, stdout, stderr } = await ended(child);
    expect(status).toBe(0);
    expect(stdout.split('\n').sort()).toEqual(lines);
    const { peak, bytes } = JSON.parse(stderr).overflow;
    expect(peak).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(peak);
  });

  it.runIf(isRoot)('the same where the disk is full, with a warning', () => {
    // What reads waits for the warning.
    const script = `mount -t tmpfs -o size=1m none spill && {
      "$@" 2> said; echo $? > status; ls spill > left
    } | { while ! grep -q 'cannot be spilled' said; do [ ! -e status ] || exit; done; cat; }`;
    const args = ['report', tree, ...toPipe, ...spill];
    const { stdout } = spawnSync(
      'unshare',
      [
        '-m',
        'sh',
        '-c',
        `: > said; ${script}; cat said >&2`,
        'sh',
        process.execPath,
        command,
        ...args,
      ],
      { cwd: here.path, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 },
    );
    const text = (name: string) => spawnSync('cat', [here.at(name)], { encoding: 'utf8' }).stdout;
    expect(text('status')).toBe('0\n');
    expect(text('left')).toBe('');
    expect(
      text('said').match(/cannot be spilled to "spill" any more: no space left/g),
    ).toHaveLength(1);
    expect(stdout.split('\n').sort()).toEqual(lines);
  });

  it('loses what is on disk with a process that is killed, and nothing is left of it', async () => {
    const child = startPwalk(['report', tree, ...toPipe, ...spill], here.path);
    await spilled(child, MOST);
    expect(readdirSync(here.at('spill'))).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(here.at('spill'))).toEqual([]);
  });

  it('is not waited for by a run that is cancelled', async () => {
    const child = startPwalk(['report', tree, ...toPipe, ...spill], here.path);
    await spilled(child, MOST);
    child.kill('SIGTERM');
    const { status } = await ended(child);
    expect(status).toBe(143);
    expect(readdirSync(here.at('spill'))).toEqual([]);
  });
});

describe('what is refused', () => {
  it('a directory that is not there, before anything is opened', () => {
    const args = ['report', tree, '-o', 'x.csv', '--overflow', 'spill', '--spill-dir', 'missing'];
    const { status, stderr } = pwalk(args, { cwd: here.path });
    expect(status).toBe(5);
    expect(stderr).toBe(
      'pwalk: Batches cannot be spilled to "missing": no such file or directory (ENOENT); name another directory, or pause instead of spilling.\n',
    );
    expect(readdirSync(here.path)).toEqual(['spill']);
  });

  it('a policy that there is not', () => {
    const { status, stderr } = pwalk(['report', tree, '--overflow', 'drop'], { cwd: here.path });
    expect(status).toBe(2);
    expect(stderr).toMatch(/--overflow.*pause, spill/);
    const config = { roots: [tree], overflow: 'drop', spillLimit: '1kB' };
    writeFileSync(here.at('pwalk.config.json'), JSON.stringify(config));
    const run = pwalk(['run', '-c', 'pwalk.config.json'], { cwd: here.path });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/overflow: .*"pause"\|"spill"/);
  });
});
