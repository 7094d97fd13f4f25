import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FrontierLog, lastCommit } from '../src/scan-directory/frontier-log.js';
import type { ScanState } from '../src/scan-directory/scan-state.js';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pwalk-log-'));
  path = join(directory, 'frontier.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function state(generation: number, frontier = Buffer.from(`frontier ${generation}`)): ScanState {
  return {
    generation,
    scan: {
      id: 'one',
      startedAt: '2026-01-02T03:04:05.678Z',
      host: 'node1',
      pwalk: '0.1.0',
      directory: '/',
      settings: {
        roots: ['L2RhdGE='],
        constants: { site: 'here' },
        snapshots: false,
        stat: 'lazy',
        interval: 60,
        partSize: 1024,
        singleFile: false,
        filters: [],
      },
    },
    roots: [{ path: Buffer.from([0x2f, 0xff]), dev: 5n, inode: 2n ** 64n - 1n, btime: -5n }],
    parts: Array.from({ length: generation }, (_, at) => ({
      name: `${String(at + 1).padStart(6, '0')}.parquet`,
      rows: 10,
      bytes: 1000,
    })),
    accounting: {
      read: 12,
      rows: 10,
      vanished: 1,
      excluded: 1,
      files: 9,
      directories: 1,
      symlinks: 0,
      other: 0,
      bytes: 2n ** 60n,
      states: { ok: 9, denied: 1 },
      clampedTimes: 0,
    },
    errorExamples: [
      { path: Buffer.from([0x61, 0xff]), state: 'denied', errno: 13, operation: 'open' },
    ],
    errors: [{ name: '000002.csv', rows: 1, bytes: 90 }],
    totals: [{ name: '000002.totals', rows: 3, bytes: 400 }],
    spilledBytes: 0,
    overflow: null,
    seconds: 1.5,
    directoriesLeft: 3,
    frontier,
    published: 12_345,
  };
}

/** A log of three commits, and where each ends. */
async function threeCommits(): Promise<{ log: Buffer; ends: number[] }> {
  const made = await FrontierLog.create(path, state(0));
  const ends = [statSync(path).size];
  for (const generation of [1, 2]) {
    await made.commit(state(generation));
    ends.push(statSync(path).size);
  }
  await made.close();
  return { log: readFileSync(path), ends };
}

describe('the frontier log', () => {
  it('gives back what was committed last, every number and byte of it', async () => {
    await threeCommits();
    expect(await lastCommit(path)).toEqual(state(2));
    const { log, state: reached } = await FrontierLog.open(path);
    expect(reached).toEqual(state(2));
    await log.close();
    expect(await lastCommit(join(directory, 'none'))).toBeNull();
  });

  it('torn off at any byte: the commit before holds, and the next is read again', async () => {
    const { log, ends } = await threeCommits();
    const [first = 0, second = 0] = ends;
    for (let length = 0; length < log.length; length++) {
      writeFileSync(path, log.subarray(0, length));
      const expected = length < first ? null : length < second ? 0 : 1;
      expect((await lastCommit(path))?.generation ?? null).toBe(expected);
    }
    // Blocks that were allocated and not written are zeros.
    writeFileSync(path, Buffer.concat([log.subarray(0, second), Buffer.alloc(5000)]));
    const { log: reopened, state: reached } = await FrontierLog.open(path);
    expect(reached.generation).toBe(1);
    expect(statSync(path).size).toBe(second);
    await reopened.commit(state(2));
    await reopened.close();
    expect(readFileSync(path)).toEqual(log);
  });

  it('changed in any byte: refused, or where only the last record is, taken for torn', async () => {
    const { log, ends } = await threeCommits();
    const [, second = 0] = ends;
    for (let at = 0; at < log.length; at++) {
      const changed = Buffer.from(log);
      changed[at] ^= 0x40;
      writeFileSync(path, changed);
      if (at >= second) expect((await lastCommit(path))?.generation).toBe(1);
      else {
        await expect(lastCommit(path)).rejects.toMatchObject({
          code: 'PWALK_RESUME_REFUSED',
          message: expect.stringMatching(/damaged at byte \d+, in front of whole records/),
        });
      }
    }
  });

  it('a name that looks like a record of another log is none', async () => {
    const { log, ends } = await threeCommits();
    const [, second = 0] = ends;
    const other = { ...state(7), scan: { ...state(7).scan, id: 'two' } };
    const trap = await FrontierLog.create(join(directory, 'trap'), other);
    await trap.close();
    const frontier = readFileSync(join(directory, 'trap'));
    writeFileSync(path, log.subarray(0, second));
    const { log: reopened } = await FrontierLog.open(path);
    await reopened.commit(state(2, frontier));
    await reopened.close();
    expect((await lastCommit(path))?.frontier).toEqual(frontier);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 1));
    expect((await lastCommit(path))?.generation).toBe(1);
  });

  it('is written anew when most of it is past, and of another version is refused', async () => {
    const log = await FrontierLog.create(path, state(0));
    const large = Buffer.alloc(1 << 20, 7);
    for (let generation = 1; generation <= 20; generation++) {
      await log.commit(state(generation, large));
      expect(statSync(path).size).toBeLessThan(6 << 20);
      expect((await lastCommit(path))?.generation).toBe(generation);
    }
    await log.close();
    const old = { ...state(1), seconds: 'long' };
    await (await FrontierLog.create(path, old as unknown as ScanState)).close();
    await expect(lastCommit(path)).rejects.toThrow(/its records are of another version of pwalk/);
  });
});
