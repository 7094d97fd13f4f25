import { randomUUID } from 'node:crypto';
import { PwalkError } from '@pwalk/core';
import { changesIn } from './change.js';
import { ChangeSession } from './change-session.js';
import { interrupted } from './interrupted.js';
import { type Limits, limitReached, roomFor } from './limits.js';
import { PlanFile } from './plan-file.js';
import { type RepairSummary, Tally } from './summary.js';
import { openTree, type Tree } from './tree.js';

export interface ApplyOptions extends Limits {
  /** File to create, or to go on with; a new one in the default place when not given. */
  readonly journal?: string | undefined;
  /** @default 2 */
  readonly threads?: number | undefined;
  /** Milliseconds after which a plan is too old. @default a day */
  readonly maxAge?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Makes the changes of a plan file where the entries are still as they were planned; the others are
 * counted as stale and left alone.
 * @throws PwalkError `PWALK_PLAN_REFUSED`, `PWALK_PATH_REFUSED`, `PWALK_APPLY_REFUSED`
 */
export async function applyPlan(path: string, options: ApplyOptions = {}): Promise<RepairSummary> {
  const { threads = 2, signal, journal } = options;
  const plan = await PlanFile.open(path, options.maxAge ?? DAY);
  const tally = new Tally();
  let session: ChangeSession | null = null;
  let tree: Tree | null = null;
  try {
    tree = openTree(plan.root, [plan.identity]);
    const { dev, inode } = tree.status;
    if (String(dev) !== plan.head.root.dev || String(inode) !== plan.head.root.inode) {
      throw new PwalkError(
        'PWALK_PLAN_REFUSED',
        `"${tree.shown}" is another directory than when the plan was made; make a new plan.`,
      );
    }
    session = await ChangeSession.open({
      tree,
      tally,
      threads,
      journal,
      run: randomUUID(),
      plan: plan.hash,
      own: [plan.identity],
    });
    const { addon } = session.tree;
    signal?.addEventListener('abort', () => addon.stop(), { once: true });
    for await (const records of plan.groups(() => roomFor(tally, options))) {
      for (const change of changesIn(records)) tally.plan(change);
      tally.stopped ??= limitReached(tally, options);
      if (tally.stopped !== null) continue;
      if (signal?.aborted) throw interrupted(tally, signal);
      await session.note(records);
      await session.make(records);
    }
    if (signal?.aborted) throw interrupted(tally, signal);
  } finally {
    tree?.addon.close();
    await session?.close();
    await plan.close();
  }
  return tally.summary(0);
}
