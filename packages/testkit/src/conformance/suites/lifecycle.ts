import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { failingSink } from '../../doubles/failing-sink.js';
import type { Suite } from '../rule.js';

const all = ['source', 'filter', 'sink', 'action'] as const;
const behindASource = ['filter', 'sink', 'action'] as const;

export const lifecycle: Suite = {
  name: 'lifecycle',
  rules: [
    {
      name: 'a run ends well, its columns among those it declared',
      kinds: all,
      test: async (trial) => {
        await trial.runWell();
      },
    },
    {
      name: 'a run without a batch ends well',
      kinds: behindASource,
      test: async (trial) => {
        const [batch] = trial.batches();
        assert.ok(batch !== undefined);
        await trial.runWell({ batches: [batch.select(new Uint8Array(batch.length))] });
      },
    },
    {
      name: 'a second run of the same stage makes the same as the first',
      kinds: all,
      test: async (trial) => {
        const first = await trial.made(await trial.runWell());
        trial.reset();
        assert.deepEqual(
          withoutIdentity(await trial.made(await trial.runWell())),
          withoutIdentity(first),
        );
      },
    },
    {
      name: 'no timer, handle or descriptor is left behind, however a run ends',
      kinds: all,
      test: async (trial) => {
        // What is loaded or made once per process is no leak.
        await trial.runWell();
        await trial.run({ after: [failingSink({ hook: 'write' })] });
        const before = held();
        await trial.runWell();
        await trial.run({ after: [failingSink({ hook: 'write' })] });
        const until = performance.now() + Math.min(trial.patience, 5) * 1000;
        let left = beyond(before);
        // Handles are taken back by the event loop some turns after they are closed, and what native
        // objects hold by the garbage collector.
        while (left.length > 0 && performance.now() < until) {
          await setTimeout(10);
          collectGarbage();
          left = beyond(before);
        }
        assert.deepEqual(left, [], 'still there after the run');
      },
    },
  ],
};

/** A tree grown anew has other inodes and times; what two runs must agree on is the rest. */
function withoutIdentity(made: unknown): unknown {
  if (!Array.isArray(made)) return made;
  const changing = ['inode', 'parent_inode', 'atime', 'mtime', 'ctime', 'btime'];
  return made
    .map((row: unknown) =>
      typeof row === 'object' && row !== null
        ? Object.fromEntries(Object.entries(row).filter(([name]) => !changing.includes(name)))
        : row,
    )
    .map((row) =>
      JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    )
    .sort();
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

/** How much of each kind of resource the process holds. */
function held(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (process.platform === 'linux') counts.set('descriptors', readdirSync('/proc/self/fd').length);
  return counts;
}

function beyond(before: ReadonlyMap<string, number>): string[] {
  return [...held()]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind]) => kind);
}
