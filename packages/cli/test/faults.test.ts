import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildFaults, type Fault, faults, pwalkWith } from './support/faults.js';
import { command, pwalk, scratch, sql } from './support/pwalk.js';

const here = scratch();
const { errno } = constants;

/** Directories d0 … d39, each with a directory "sub" that holds a file "target". */
const DIRECTORIES = 40;
const ROWS = 1 + DIRECTORIES * 3;

beforeAll(buildFaults, 300_000);

beforeEach(() => {
  for (let i = 0; i < DIRECTORIES; i++) {
    mkdirSync(here.at(`tree/d${i}/sub`), { recursive: true });
    writeFileSync(here.at(`tree/d${i}/sub/target`), 'x'.repeat(i));
  }
});

/** Runs a report while the kernel fails some of its calls. */
async function reportWith(fault: Fault, ...flags: string[]) {
  const output = here.at('faulted.parquet');
  const { status, stdout, stderr } = pwalkWith(
    fault,
    ['report', here.at('tree'), '-o', output, '--json', ...flags],
    here.path,
  );
  const query = `select coalesce(path, '') as path, state, errno, inode, size, mode, mtime, btime from '${output}' order by path`;
  return { status, stderr, summary: JSON.parse(stdout), rows: await sql(query) };
}

describe('pwalk report while system calls fail', () => {
  it('H01: what vanishes between being listed and statted is counted, and no error', async () => {
    const { status, summary, rows } = await reportWith({
      ...{ call: 'statx', error: 'ENOENT', name: 'target' },
      ...{ first: 10, every: 7 },
    });
    expect(summary).toMatchObject({ vanished: 5, complete: true, read: ROWS, entries: ROWS - 5 });
    expect(rows.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(status).toBe(0);
  });

  it('H03: a root that goes away when the walk has begun is an error, and status 3', async () => {
    const fault: Fault = { call: 'statx', error: 'ENOENT', name: 'tree', first: 2, every: 0 };
    const { status, summary, rows } = await reportWith(fault);
    expect(summary).toMatchObject({ entries: 1, errors: 1, vanished: 0, complete: false });
    expect(rows).toMatchObject([{ state: 'error', errno: errno.ENOENT, inode: null }]);
    expect(status).toBe(3);
  });

  it('H23: what is no directory is never opened', async () => {
    const fault: Fault = { call: 'openat', error: 'EIO', name: 'target' };
    const { status, summary } = await reportWith(fault);
    expect(summary).toMatchObject({ entries: ROWS, states: { ok: ROWS } });
    expect(status).toBe(0);
  });

  it('H10: when descriptors run short everything is there all the same', async () => {
    const { status, summary } = await reportWith({
      ...{ call: 'openat', error: 'EMFILE', name: 'sub' },
      ...{ first: 3, every: 7 },
    });
    expect(summary).toMatchObject({ entries: ROWS, complete: true, states: { ok: ROWS } });
    expect(status).toBe(0);
  });

  it.runIf(process.getuid?.() === 0)(
    'H10: nor is anything lost when they run short as it comes to a mount',
    async () => {
      const output = here.at('faulted.parquet');
      const script = `set -e; mount -t tmpfs none ${here.at('tree/d7/sub')}; touch ${here.at('tree/d7/sub/target')}; exec "$@"`;
      const run = (every: number) =>
        spawnSync(
          'unshare',
          [
            ...['-m', 'sh', '-c', script, 'sh', faults],
            ...['openat', `${errno.EMFILE}`, 'sub', '1', `${every}`],
            ...[process.execPath, command, 'report', here.at('tree/d7'), '-o', output, '--json'],
          ],
          { encoding: 'utf8', timeout: 90_000 },
        );
      const once = run(0);
      expect(JSON.parse(once.stdout)).toMatchObject({
        entries: 3,
        complete: true,
        states: { ok: 3 },
      });
      const always = run(1);
      expect(always.status).toBe(3);
      expect(await sql(`select name, errno from '${output}' where state = 'error'`)).toEqual([
        { name: 'sub', errno: errno.EMFILE },
      ]);
    },
  );

  it.each([
    ['openat', 'EACCES', 'denied'],
    ['openat', 'ELOOP', 'error'],
    ['getdents64', 'EIO', 'incomplete'],
  ] as const)(
    'H02: %s: %s is a row with the state %s, and status 3',
    async (call, error, state) => {
      const { status, summary, rows } = await reportWith({ call, error, name: 'sub' });
      expect(summary).toMatchObject({ errors: DIRECTORIES, complete: false, exitCode: 3 });
      expect(summary.states).toEqual({ ok: 1 + DIRECTORIES, [state]: DIRECTORIES });
      const failed = rows.filter((row) => row.state !== 'ok');
      expect(
        failed.every((row) => row.errno === errno[error] && /\/sub$/.test(String(row.path))),
      ).toBe(true);
      expect(status).toBe(3);
    },
  );

  it('a mount that stops answering is left alone, and the rest of the run ends', async () => {
    const fault: Fault = { call: 'openat', error: 'ETIMEDOUT', name: 'sub', first: 5, every: 0 };
    const { status, stderr, summary } = await reportWith(fault, '--threads', '1');
    expect(summary.states).toMatchObject({ error: 1, degraded: expect.any(Number) });
    expect(summary.read).toBe(summary.entries);
    expect(stderr).toMatch(
      /^pwalk: The file system at ".*\/sub" stopped answering \(ETIMEDOUT\); what was not read of it yet has the state "degraded"\.\n$/,
    );
    expect(status).toBe(3);
  });

  it('an errno that cannot happen is a row, and a request to report it', async () => {
    const fault: Fault = { call: 'openat', error: 'ENAMETOOLONG', name: 'sub', first: 2, every: 0 };
    const { status, stderr, summary } = await reportWith(fault);
    expect(summary.states).toEqual({ ok: ROWS - 2, error: 1 });
    expect(stderr).toContain(
      'Calls failed with ENAMETOOLONG (1 in all), which the walker should never meet',
    );
    expect(status).toBe(3);
  });

  it.each(['ENOSYS', 'EPERM'] as const)(
    'without statx (%s) the rows are the same but for birth',
    async (error) => {
      expect(
        pwalk(['report', here.at('tree'), '-o', here.at('whole.parquet'), '-q']),
      ).toMatchObject({ status: 0 });
      const { status, stderr, rows } = await reportWith({ call: 'statx', error, name: '' }, '-x');
      const whole = await sql(
        `select path, state, errno, inode, size, mode, mtime, null as btime from '${here.at('whole.parquet')}' order by path`,
      );
      expect(rows).toEqual(whole);
      expect(stderr).toContain('This kernel tells no mount ids');
      expect(status).toBe(0);
    },
  );
});

it.runIf(process.getuid?.() === 0)(
  'a file that cannot lose its name is closed: nothing of it stays open',
  () => {
    // A file system where files have names from the start.
    const script = `mount -t mqueue none ${here.at('queues')} && exec "$@"`;
    const program = `
      import { readdirSync, readlinkSync } from 'node:fs';
      import { openNameless } from '@pwalk/core/io';
      const { code } = await openNameless(${JSON.stringify(here.at('queues'))}, 'file').catch((error) => error);
      const open = readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync('/proc/self/fd/' + fd).includes('.file-');
        } catch {
          return false;
        }
      });
      console.log(JSON.stringify({ code, open }));
    `;
    mkdirSync(here.at('queues'));
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        ...['-m', '-i', 'sh', '-c', script, 'sh', faults],
        ...['remove', `${errno.EACCES}`, '.file-*', '1', '1'],
        ...[process.execPath, '--input-type=module', '-e', program],
      ],
      { cwd: import.meta.dirname, encoding: 'utf8', timeout: 90_000 },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ code: 'EACCES', open: [] });
  },
);
