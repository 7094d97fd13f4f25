import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walk, walkSync } from '../../src/index.js';
import { loadBinding } from '../../src/native-binding.js';

const FILES = 500_000;
const LEVELS = 2_000;

/** Half a million files take seconds in memory, and minutes on a busy disk. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

describe('walk() of large trees', () => {
  let base = '';
  beforeAll(() => {
    base = mkdtempSync(join(memory, 'pwalk-sizes-'));
  });
  // Paths are longer than Node's own rm can take.
  afterAll(() => void execFileSync('rm', ['-rf', base]));

  it('a directory of 500,000 entries, in both orders', async () => {
    const top = join(base, 'flat');
    mkdirSync(join(top, 'sub'), { recursive: true });
    execFileSync('sh', ['-c', `cd "$0" && seq ${FILES} | xargs touch`, top]);
    for (const topdown of [true, false]) {
      for (const steps of [walk(top, { topdown }), walkSync(top, { topdown })]) {
        const seen: unknown[] = [];
        for await (const [dirpath, dirnames, filenames] of steps) {
          seen.push([dirpath, dirnames, filenames.length]);
          if (dirpath === top) expect(new Set(filenames).size).toBe(FILES);
        }
        const whole = [
          [top, ['sub'], FILES],
          [join(top, 'sub'), [], 0],
        ];
        expect(seen).toEqual(topdown ? whole : whole.toReversed());
      }
    }
  });

  it('2,000 nested levels, whose paths the kernel does not take in one piece, in both orders', async () => {
    const top = join(base, 'deep');
    const home = process.cwd();
    mkdirSync(top);
    process.chdir(top);
    for (let level = 0; level < LEVELS; level++) {
      mkdirSync('level');
      process.chdir('level');
    }
    process.chdir(home);
    for (const topdown of [true, false]) {
      for (const steps of [walk(top, { topdown }), walkSync(top, { topdown })]) {
        let count = 0;
        for await (const [dirpath, dirnames, filenames] of steps) {
          const level = topdown ? count : LEVELS - count;
          const dirs = level === LEVELS ? [] : ['level'];
          const length = top.length + level * '/level'.length;
          expect([dirpath.length, dirnames, filenames]).toEqual([length, dirs, []]);
          count++;
        }
        expect(count).toBe(LEVELS + 1);
      }
    }
  });

  it('reads no more ahead than its window, so that a slow caller costs no memory', async () => {
    const top = join(base, 'wide');
    const script = 'mkdir "$0"; cd "$0"; seq 3000 | sed s/$/-directory/ | xargs mkdir';
    execFileSync('sh', ['-c', script, top]);
    const lister = loadBinding()?.startLister(
      {
        top: Buffer.from(top),
        enterLinks: false,
        threads: 4,
        window: 50,
        trustAll: true,
        skipNames: [],
        asBytes: false,
      },
      new Int32Array(5),
    );
    if (lister === undefined) return;
    expect(lister.visitSync(0, '')).toHaveLength(
      Array.from({ length: 3000 }, (_, at) => `${at + 1}-directory/`).join('').length,
    );
    let [now, quiet] = [lister.progress(), 0];
    while (quiet < 20) {
      await new Promise((resolve) => setImmediate(resolve));
      now = lister.progress();
      quiet = now.busyThreads === 0 && now.ahead === 50 ? quiet + 1 : 0;
      expect(now.ahead).toBeLessThanOrEqual(50);
    }
    expect(now.ahead).toBe(50);
    await lister.close();
    expect(lister.progress()).toEqual({ ahead: 0, aheadBytes: 0, busyThreads: 0 });
  });
});
