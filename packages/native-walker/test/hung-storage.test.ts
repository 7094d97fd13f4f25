import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isClosed, isComplete } from '@pwalk/core';
import { hangingMountNeeds, mountHanging } from '@pwalk/testkit/hanging';
import { expect, it } from 'vitest';
import { walk } from '../src/index.js';
import { collect } from './support/collect.js';

it.skipIf(hangingMountNeeds() !== null).each([1, 2, 16])(
  'names what hangs while it does, gives it up, and accounts for every entry, with %i threads',
  async (threads) => {
    const scratch = mkdtempSync(join(tmpdir(), 'pwalk-hung-'));
    const hung = await mountHanging(join(scratch, 'hung'));
    try {
      const warnings: string[] = [];
      const { rows, accounting } = await collect(scratch, {
        threads,
        warnAfter: 0.3,
        opTimeout: 1.5,
        onWarning: (warning) => warnings.push(warning),
      });
      expect(isClosed(accounting)).toBe(true);
      expect(isComplete(accounting)).toBe(false);
      expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
      // What is listed is there, whatever hangs: the root of the mount, and what it holds.
      for (const name of ['ok', 'stuck-open', 'stuck-read', 'in-stat', 'first-0', 'last-4']) {
        expect(rows.map(({ path }) => path)).toContain(join(hung.path, name));
      }
      const degraded = rows.filter(({ state }) => state === 'degraded');
      expect(degraded.filter(({ errno }) => errno === 110).length).toBeGreaterThan(0);
      expect(degraded.every(({ path }) => String(path).startsWith(hung.path))).toBe(true);
      expect(rows.find(({ path }) => path === scratch)).toMatchObject({ state: 'ok' });
      const mount = `the fuse file system on "${hung.path}"`;
      expect(warnings[0]).toMatch(/^(open|read|stat) of ".*" has not answered for \d+ s: /);
      expect(warnings[0]).toContain(`${mount} hangs; it is given up after 1.5 s (--op-timeout)`);
      expect(warnings.at(-1)).toContain(`${mount} was given up`);
    } finally {
      // The threads that were given up come back now, and find their places taken.
      hung.remove();
      rmSync(scratch, { recursive: true });
    }
  },
);

it.skipIf(hangingMountNeeds() !== null)(
  'ends a listing whose offsets go round, with what it gave and an errno',
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'pwalk-hung-'));
    const hung = await mountHanging(join(scratch, 'hung'));
    const odd = join(hung.path, 'odd');
    try {
      const { rows, accounting } = await collect(odd);
      expect(isClosed(accounting)).toBe(true);
      const endless = rows.find(({ name }) => name === 'endless');
      expect(endless).toMatchObject({ state: 'incomplete', errno: 40 });
      expect(rows.filter(({ name }) => String(name).startsWith('again-'))).toHaveLength(10);
      const errors: unknown[] = [];
      const steps = walk(odd, { onerror: ({ code, path }) => errors.push([code, path]) });
      for await (const [dirpath] of steps) expect(dirpath).toBe(odd);
      expect(errors).toEqual([['ELOOP', join(odd, 'endless')]]);
    } finally {
      hung.remove();
      rmSync(scratch, { recursive: true });
    }
  },
);

it.skipIf(hangingMountNeeds() !== null)(
  'a walk() that hangs holds up no other, neither while it is waited for nor when it was cancelled',
  async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'pwalk-hung-'));
    const hung = await mountHanging(join(scratch, 'hung'));
    mkdirSync(join(scratch, 'other/sub'), { recursive: true });
    try {
      const stop = new AbortController();
      const stuck = ['stuck-open', 'stuck-read'].map((name) =>
        walk(join(hung.path, name), { maxThreads: 1, signal: stop.signal }).next(),
      );
      const other = async () => {
        const dirpaths: string[] = [];
        for await (const [dirpath] of walk(join(scratch, 'other'), { maxThreads: 1 })) {
          dirpaths.push(dirpath.slice(scratch.length + 1));
        }
        return dirpaths;
      };
      expect(await other()).toEqual(['other', 'other/sub']);
      stop.abort();
      const ends = await Promise.allSettled(stuck);
      expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await other()).toEqual(['other', 'other/sub']);
    } finally {
      hung.remove();
      rmSync(scratch, { recursive: true });
    }
  },
);
