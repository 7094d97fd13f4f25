import { type Action, definePlugin, runPipeline } from '@pwalk/core';
import { expect, it } from 'vitest';
import { anyOptions } from '../support/any-options.js';
import { countingSource } from '../support/counting-source.js';

interface Touch {
  effect: 'fs:chmod';
  path: string;
  summary: string;
}

function touching(log: string[]) {
  return definePlugin({
    name: 'touch',
    kind: 'action',
    pwalk: '*',
    options: anyOptions(),
    capabilities: { columns: ['path'], effects: ['fs:chmod'] },
    create: (): Action<Touch> => {
      const planned: Touch[] = [];
      return {
        plan: (batch) => {
          planned.push({
            effect: 'fs:chmod',
            path: batch.column('path').get(0) ?? '',
            summary: '',
          });
        },
        finish: () => planned.toReversed(),
        journal: ({ path }) => void log.push(`journal ${path}`),
        apply: ({ path }) => void log.push(`apply ${path}`),
        close: (outcome) => void log.push(`close ${outcome.ok}`),
      };
    },
  })();
}

it('applies after the walk, in the order of finish, each effect journaled first', async () => {
  const log: string[] = [];
  const result = await runPipeline({
    source: countingSource({ batches: 2, log }),
    actions: [touching(log)],
    allow: ['fs:chmod'],
  });
  expect(log).toEqual([
    'open source',
    'end of read',
    'journal /n/10',
    'apply /n/10',
    'journal /n/0',
    'apply /n/0',
    'close true',
    'close source ok',
  ]);
  expect(result.effects).toEqual({ planned: 2, applied: 2 });
});

it('applies nothing in a dry run, and shows every effect', async () => {
  const log: string[] = [];
  const shown: string[] = [];
  const result = await runPipeline({
    source: countingSource({ batches: 2 }),
    actions: [touching(log)],
    allow: ['fs:chmod'],
    dryRun: true,
    onEffect: ({ path }) => shown.push(path),
  });
  expect(log).toEqual(['close true']);
  expect(shown).toEqual(['/n/10', '/n/0']);
  expect(result.effects).toEqual({ planned: 2, applied: 0 });
});

it('counts the changes of groups, and those of them that were made', async () => {
  const groups = [
    { effect: 'fs:chmod', path: '/a', summary: '', changes: 5 },
    { effect: 'fs:chmod', path: '/b', summary: '', changes: 3 },
  ] as const;
  const stage = definePlugin({
    name: 'groups',
    kind: 'action',
    pwalk: '*',
    options: anyOptions(),
    capabilities: { effects: ['fs:chmod'] },
    create: (): Action<(typeof groups)[number]> => ({
      plan: () => {},
      finish: () => groups,
      journal: () => {},
      // Of the first not all could be made.
      apply: async ({ path }) => (path === '/a' ? 4 : 3),
    }),
  })();
  const result = await runPipeline({
    source: countingSource({ batches: 1 }),
    actions: [stage],
    allow: ['fs:chmod'],
  });
  expect(result.effects).toEqual({ planned: 8, applied: 7 });
  expect(result.actions).toEqual([
    { stage: 'groups#1', planned: 8, applied: 7, state: 'incomplete', lines: [] },
  ]);
  expect(result.complete).toBe(false);
});

it('takes an action’s own word for what it came to, after it was closed', async () => {
  const log: string[] = [];
  const told = { state: 'stopped', lines: ['one left'], facts: { left: 1 } } as const;
  const stage = definePlugin({
    name: 'told',
    kind: 'action',
    pwalk: '*',
    options: anyOptions(),
    capabilities: { effects: ['fs:chmod'] },
    create: (): Action => ({
      plan: () => {},
      finish: () => [{ effect: 'fs:chmod', path: '/a', summary: '' }],
      journal: () => {},
      apply: () => 0,
      close: () => void log.push('close'),
      result: () => {
        log.push('result');
        return told;
      },
    }),
  })();
  const { actions, complete } = await runPipeline({
    source: countingSource({ batches: 1 }),
    actions: [stage],
    allow: ['fs:chmod'],
  });
  expect(log).toEqual(['close', 'result']);
  expect(actions).toEqual([{ stage: 'told#1', planned: 1, applied: 0, ...told }]);
  expect(complete).toBe(false);
});
