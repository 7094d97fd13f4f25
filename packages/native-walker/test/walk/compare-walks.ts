import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { WalkOptions } from '../../src/index.js';
import { walk, walkSync } from '../../src/index.js';
import type { OsWalkProcess, Step } from './os-walk-process.js';
import { changeTree, decide, dice, randomTree } from './random-tree.js';

/** A walk in which links lead upward has no end; nobody need see all of it. */
const MOST_STEPS = 150;

export interface Variant extends WalkOptions {
  readonly sync?: boolean;
}

/**
 * Walks one random tree with os.walk and with ours, step by step, with the same random changes to the
 * tree and the same decisions between two steps.
 * @returns the first difference, or null; and how many steps were compared
 */
export async function compareWalks(
  seed: number,
  base: string,
  python: OsWalkProcess,
  variant: Variant,
): Promise<{ difference: string | null; steps: number }> {
  const roll = dice(seed);
  const directory = mkdtempSync(join(base, 'pwalk-compare-'));
  try {
    const top = join(directory, 'top');
    const all = randomTree(roll, top);
    const { sync, ...options } = variant;
    const topdown = roll(3) > 0;
    const followlinks = roll(4) === 0;
    const failures: { errno: number; path: string }[] = [];
    const walking = {
      ...options,
      topdown,
      followlinks,
      ignoreSnapshots: false,
      onerror: ({ errno, path }: { errno: number; path: string }) => {
        failures.push({ errno: -errno, path });
      },
    };
    const steps = sync === true ? walkSync(top, walking) : walk(top, walking);
    python.tell({ top, topdown, followlinks });
    for (let count = 0; ; count++) {
      failures.length = 0;
      const expected = await python.hear();
      const { value } = await steps.next();
      const got = { failures: [...failures], step: value ?? null };
      const [left, right] = [JSON.stringify(expected), JSON.stringify(got)];
      if (left !== right) {
        if (expected.step !== null) {
          python.tell(null);
          await python.hear();
        }
        await steps.return();
        const how = `${topdown ? 'topdown' : 'bottom-up'}${followlinks ? ', followlinks' : ''}`;
        const difference = `step ${count} (${how}):\nos.walk ${left}\nours    ${right}`;
        return { difference, steps: count };
      }
      if (expected.step === null) return { difference: null, steps: count };
      if (count === MOST_STEPS) {
        python.tell(null);
        await python.hear();
        await steps.return();
        return { difference: null, steps: count };
      }
      goOn(expected.step, value?.[1]);
    }

    function goOn([dirpath, dirnames]: Step, ours: unknown[] | undefined): void {
      const near = dirnames.map((name) => join(dirpath, name));
      for (let changes = roll(3); changes > 0; changes--) changeTree(roll, near, all);
      const decision = decide(roll, dirnames, all);
      python.tell(decision);
      ours?.splice(0, ours.length, ...decision);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
