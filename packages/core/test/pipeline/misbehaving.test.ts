import { readdirSync } from 'node:fs';
import {
  type Action,
  definePlugin,
  type Filter,
  type PipelineSpec,
  type PlannedEffect,
  type PwalkError,
  type Sink,
  type Source,
} from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { anyOptions } from '../support/any-options.js';
import { countingSource } from '../support/counting-source.js';
import { failureOf } from '../support/failure-of.js';
import { recordingSink } from '../support/recording-sink.js';

const plugin = { name: 'bad', pwalk: '*', options: anyOptions<undefined>() };
const never = () => new Promise<never>(() => {});
const boom = (): never => {
  throw new Error('boom');
};

const source = (hooks: Partial<Source>) =>
  definePlugin({
    ...plugin,
    kind: 'source',
    create: () => ({ ...goodSource(), ...hooks }),
  })(undefined);

function goodSource(): Source {
  const made = countingSource({ batches: 3 }).plugin.create({ batches: 3 });
  if ('then' in made) throw new Error('the counting source is made at once');
  return made;
}

const filter = (made: Filter) =>
  definePlugin({ ...plugin, kind: 'filter', create: () => made })(undefined);
const sink = (hooks: Partial<Sink>) =>
  definePlugin({ ...plugin, kind: 'sink', create: () => ({ write: () => {}, ...hooks }) })(
    undefined,
  );
const action = (hooks: Partial<Action>) =>
  definePlugin({
    ...plugin,
    kind: 'action',
    capabilities: { effects: ['fs:chmod'] },
    create: () => ({
      plan: () => {},
      finish: (): PlannedEffect[] => [{ effect: 'fs:chmod', path: '/x', summary: 'change it' }],
      journal: () => {},
      apply: () => {},
      ...hooks,
    }),
  })(undefined);

/** Runs a pipeline with a bad stage beside a good sink; the good one has to be closed as failed, once. */
async function ending(spec: Partial<PipelineSpec>): Promise<PwalkError> {
  const log: string[] = [];
  const before = readdirSync('/proc/self/fd').length;
  const error = await failureOf({
    source: countingSource({ batches: 3 }),
    allow: ['fs:chmod'],
    ...spec,
    sinks: [recordingSink({ name: 'good', log }), ...(spec.sinks ?? [])],
  });
  const closed = log.filter((line) => line.startsWith('close good'));
  expect(closed.length).toBe(log.includes('open good') ? 1 : 0);
  expect(closed).not.toContain('close good ok');
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  return error;
}

describe('a plugin that throws ends the run with its name and the hook', () => {
  it.each<[string, Partial<PipelineSpec>]>([
    ['open', { source: source({ open: boom }) }],
    ['read', { source: source({ read: boom }) }],
    [
      'read',
      {
        source: source({
          async *read() {
            yield boom();
          },
        }),
      },
    ],
    ['acknowledge', { source: source({ acknowledge: boom }) }],
    ['accounting', { source: source({ accounting: boom }) }],
    ['open', { filters: [filter({ map: (batch) => batch, open: boom })] }],
    ['map', { filters: [filter({ map: boom })] }],
    ['open', { sinks: [sink({ open: boom })] }],
    ['write', { sinks: [sink({ write: boom })] }],
    ['flush', { sinks: [sink({ flush: boom })] }],
    ['plan', { actions: [action({ plan: boom })] }],
    ['finish', { actions: [action({ finish: boom })] }],
    [
      'finish',
      {
        actions: [
          action({
            *finish() {
              yield boom();
            },
          }),
        ],
      },
    ],
    ['journal', { actions: [action({ journal: boom })] }],
    ['apply', { actions: [action({ apply: boom })] }],
  ])('%s', async (hook, spec) => {
    expect(await ending(spec)).toMatchObject({ code: 'PWALK_PLUGIN_FAILED', plugin: 'bad', hook });
  });

  it('pipe', async () => {
    const { map } = await import('rxjs');
    const error = await ending({ filters: [filter({ pipe: map(boom) })] });
    expect(error).toMatchObject({ code: 'PWALK_PLUGIN_FAILED', plugin: 'bad', hook: 'pipe' });
  });

  it('and a failure before a pipe keeps its own name', async () => {
    const { map } = await import('rxjs');
    const error = await ending({
      source: source({ read: boom }),
      filters: [filter({ pipe: map((batch) => batch) })],
    });
    expect(error).toMatchObject({ plugin: 'bad', hook: 'read' });
  });

  it('create', async () => {
    const bad = definePlugin({ ...plugin, kind: 'sink', create: boom });
    expect(await ending({ sinks: [bad(undefined)] })).toMatchObject({
      plugin: 'bad',
      hook: 'create',
    });
  });

  it('close and outputs, after which the others are closed all the same', async () => {
    const log: string[] = [];
    for (const hook of ['close', 'outputs'] as const) {
      const error = await failureOf({
        source: countingSource({ batches: 1 }),
        sinks: [recordingSink({ name: 'good', log }), sink({ [hook]: boom })],
      });
      expect(error).toMatchObject({ code: 'PWALK_PLUGIN_FAILED', plugin: 'bad', hook });
    }
    expect(log.filter((line) => line.startsWith('close good'))).toHaveLength(2);
  });
});

describe('a plugin that hangs ends the run when its hook has a time limit', () => {
  it.each<[string, Partial<PipelineSpec>]>([
    ['open', { source: source({ open: never }) }],
    [
      'read',
      { source: source({ read: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) }) },
    ],
    ['map', { filters: [filter({ map: never })] }],
    ['open', { sinks: [sink({ open: never })] }],
    ['write', { sinks: [sink({ write: never })] }],
    ['flush', { sinks: [sink({ flush: never })] }],
    ['plan', { actions: [action({ plan: never })] }],
    ['journal', { actions: [action({ journal: never })] }],
    ['apply', { actions: [action({ apply: never })] }],
    [
      'finish',
      {
        actions: [action({ finish: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) })],
      },
    ],
  ])('%s', async (hook, spec) => {
    const error = await ending({ ...spec, timeouts: { [hook]: 0.05 } });
    expect(error).toMatchObject({ code: 'PWALK_PLUGIN_TIMEOUT', plugin: 'bad', hook });
    expect(error.message).toBe(
      `Plugin "bad" took longer than 0.05 s in ${hook}(); give it more with \`timeouts: { ${hook}: … }\`, or mend the plugin.`,
    );
  });

  it('close', async () => {
    const error = await failureOf({
      source: countingSource({ batches: 1 }),
      sinks: [sink({ close: never })],
      timeouts: { close: 0.05 },
    });
    expect(error).toMatchObject({ code: 'PWALK_PLUGIN_TIMEOUT', plugin: 'bad', hook: 'close' });
  });
});

describe('an action that plans an effect it did not declare', () => {
  const planning = (effect: string, hooks: Partial<Action> = {}) =>
    action({ finish: () => [{ effect, path: '/x', summary: '' }] as never, ...hooks });

  it.each([false, true])(
    'ends the run before anything is journaled (dry run: %s)',
    async (dryRun) => {
      const done: string[] = [];
      const hooks = {
        journal: () => void done.push('journal'),
        apply: () => void done.push('apply'),
      };
      // That somebody allows it makes no difference: another stage may be what it is allowed for.
      const allow = ['fs:chmod', 'fs:delete'] as const;
      const onEffect = () => void done.push('effect');
      const actions = [planning('fs:delete', hooks)];
      const error = await ending({ actions, allow, dryRun, onEffect });
      expect(error).toMatchObject({ code: 'PWALK_PLUGIN_INVALID', plugin: 'bad', hook: 'finish' });
      expect(error.message).toMatch(
        /^Plugin "bad" plans fs:delete in finish\(\) and does not declare/,
      );
      expect(done).toEqual([]);
    },
  );
});

describe('a malformed plugin is told what is wrong with it', () => {
  const malformed = (hook: string, value: unknown): never => ({ [hook]: () => value }) as never;

  it.each<[string, Partial<PipelineSpec>, RegExp]>([
    [
      'a source without a schema',
      { source: source(malformed('open', undefined)) },
      /returned no schema from open\(\)/,
    ],
    [
      'a source that reads nothing iterable',
      { source: source(malformed('read', 7)) },
      /failed in read\(\): it returned nothing that can be iterated/,
    ],
    [
      'a source of rows',
      { source: source(malformed('read', [{ path: '/x' }])) },
      /gave an object for a batch in read\(\)/,
    ],
    [
      'a map that forgets to return',
      { filters: [filter(malformed('map', undefined))] },
      /gave undefined for a batch in map\(\); return a batch, or null/,
    ],
    [
      'a map that returns rows',
      { filters: [filter(malformed('map', []))] },
      /gave an array for a batch in map\(\)/,
    ],
    [
      'an action whose finish gives nothing',
      { actions: [action(malformed('finish', undefined))] },
      /finish\(\): it returned nothing that can be iterated/,
    ],
    [
      'an action that plans nothing known',
      { actions: [action(malformed('finish', [null]))] },
      /gave null for an effect in finish\(\); give \{ effect, path, summary \}/,
    ],
    [
      'something that is no stage',
      { sinks: [malformed('write', 1)] },
      /something that definePlugin\(\) did not make/,
    ],
  ])('%s', async (_, spec, sentence) => {
    expect((await ending(spec)).message).toMatch(sentence);
  });

  it.each<[string, object, RegExp]>([
    ['no name', { name: '' }, /A plugin|Plugin "" has no name/],
    [
      'no kind',
      { kind: 'sieve' },
      /is of the kind "sieve"; it must be source, filter, sink or action/,
    ],
    ['no range', { pwalk: undefined }, /does not say which versions/],
    ['no schema', { options: {} }, /has no schema for its options/],
    ['no create', { create: 7 }, /has no create\(\)/],
  ])('a description with %s', (_, change, sentence) => {
    const spec = { ...plugin, kind: 'sink', create: () => ({ write: () => {} }), ...change };
    expect(() => definePlugin(spec as never)).toThrow(sentence);
  });
});
