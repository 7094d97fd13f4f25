import { definePlugin, runPipeline } from '@pwalk/core';
import { Recording, recordingSink } from '@pwalk/testkit';
import { take } from 'rxjs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { walker } from '../src/index.js';

const firstTwo = definePlugin({
  name: 'first-two-batches',
  kind: 'filter',
  pwalk: '*',
  options: z.undefined(),
  create: () => ({ pipe: (batches) => batches.pipe(take(2)) }),
});

// A walk has more under way than it has handed over, so its account cannot be that of the result.
it.each([
  ['native', 'pause'],
  ['native', 'spill'],
  ['portable', 'pause'],
  ['portable', 'spill'],
] as const)(
  'a filter that had enough ends the walk, and the result is partial: %s, %s',
  async (engine, overflow) => {
    const recording = new Recording();
    const { matched, accounting, complete } = await runPipeline({
      source: walker({ roots: ['/usr'], engine }),
      filters: [firstTwo()],
      sinks: [recordingSink(recording)],
      overflow,
    });
    expect(matched).toBeGreaterThan(0);
    expect(recording.rows).toHaveLength(matched);
    expect(recording.outcome).toMatchObject({ ok: true, isPartial: true });
    expect({ accounting, complete }).toEqual({ accounting: null, complete: false });
  },
);
