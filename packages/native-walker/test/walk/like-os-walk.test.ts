import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareWalks, type Variant } from './compare-walks.js';
import { findPython, OsWalkProcess } from './os-walk-process.js';

/** Trees per variant and file system; PWALK_SOAK multiplies them. */
const CASES = 20 * Number(process.env.PWALK_SOAK ?? 1);
/** Printed with every difference; PWALK_SEED repeats one. */
const FIRST_SEED = Number(process.env.PWALK_SEED ?? Date.now() % 1_000_000_000);

const python = findPython();
if (python === null) console.log('no Python 3.10 or 3.11 here: nothing to compare os.walk with');
const isRoot = process.getuid?.() === 0;

const variants: Readonly<Record<string, Variant>> = {
  'nothing read ahead': { readAhead: 0 },
  'a window of one directory': { readAhead: 1 },
  'a window of 10,000 directories': { readAhead: 10_000, maxThreads: 4 },
  'walkSync, a window of 10,000': { readAhead: 10_000, maxThreads: 4, sync: true },
  'the portable walker': { engine: 'portable' },
};

/** Ticks of their clocks differ: a change within one tick must not be missed on any. */
const fileSystems = ['the temporary directory', 'tmpfs', 'ramfs'] as const;

describe.skipIf(python === null).each(fileSystems)('walk() on %s', (name) => {
  const mounts = name !== 'the temporary directory';
  let base = '';
  let process_: OsWalkProcess | null = null;

  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'pwalk-like-'));
    if (mounts && isRoot) spawnSync('mount', ['-t', name, 'pwalk-test', base]);
    if (python !== null) process_ = new OsWalkProcess(python);
  });
  afterAll(() => {
    process_?.end();
    if (mounts && isRoot) spawnSync('umount', ['-l', base]);
    rmSync(base, { recursive: true, force: true });
  });

  it.skipIf(mounts && !isRoot).each(Object.keys(variants))(
    'gives what os.walk gives: %s',
    async (variant) => {
      if (process_ === null) throw new Error('no Python');
      let steps = 0;
      for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
        const compared = await compareWalks(seed, base, process_, variants[variant] ?? {});
        expect(compared.difference, `seed ${seed}`).toBeNull();
        steps += compared.steps;
      }
      expect(steps).toBeGreaterThan(CASES);
      console.log(`${name}, ${variant}: ${CASES} trees from seed ${FIRST_SEED}, ${steps} steps`);
    },
  );
});
