import { definePlugin, PwalkError, runPipeline, type Sink } from '@pwalk/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { anyOptions } from '../support/any-options.js';
import { countingSource } from '../support/counting-source.js';
import { recordingSink } from '../support/recording-sink.js';

const sink: Sink = { write: () => {} };

it('reports everything that can be refused at once, before anything is created', async () => {
  const log: string[] = [];
  const tooNew = definePlugin({
    name: 'too-new',
    kind: 'sink',
    pwalk: '>=99',
    options: anyOptions(),
    create: () => sink,
  });
  const strict = definePlugin({
    name: 'strict',
    kind: 'sink',
    pwalk: '*',
    options: z.object({ size: z.number() }),
    create: () => sink,
  });
  const writer = definePlugin({
    name: 'writer',
    kind: 'sink',
    pwalk: '*',
    options: anyOptions(),
    capabilities: { effects: ['fs:write', 'net:connect'] },
    create: () => sink,
  });
  const error = await runPipeline({
    source: countingSource({ batches: 1, log }),
    sinks: [tooNew(), strict(JSON.parse('{"size":"big"}')), writer()],
    allow: ['fs:write'],
  }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PwalkError);
  expect(error).toMatchObject({
    code: 'PWALK_PIPELINE_INVALID',
    problems: [
      { code: 'PWALK_PLUGIN_VERSION', plugin: 'too-new' },
      {
        code: 'PWALK_OPTIONS_INVALID',
        plugin: 'strict',
        message: expect.stringContaining('size: '),
      },
      {
        code: 'PWALK_EFFECT_NOT_ALLOWED',
        plugin: 'writer',
        message: expect.stringContaining('net:connect'),
      },
    ],
  });
  expect(log).toEqual([]);
});

it('refuses a stage of the wrong kind and a plugin without its methods', async () => {
  const wrong: unknown = recordingSink({});
  const misplaced = runPipeline({
    source: countingSource({ batches: 1 }),
    filters: [wrong as never],
  });
  await expect(misplaced).rejects.toMatchObject({ code: 'PWALK_PLUGIN_INVALID' });
  const empty = definePlugin({
    name: 'empty',
    kind: 'sink',
    pwalk: '*',
    options: anyOptions(),
    create: () => JSON.parse('{}'),
  });
  const hollow = runPipeline({ source: countingSource({ batches: 1 }), sinks: [empty()] });
  await expect(hollow).rejects.toThrow('Plugin "empty" is a sink without write()');
});

it('refuses a column that nothing produces, naming those there are', async () => {
  const run = runPipeline({
    source: countingSource({ batches: 1 }),
    sinks: [recordingSink({ columns: ['owner'] })],
  });
  await expect(run).rejects.toMatchObject({
    code: 'PWALK_COLUMN_MISSING',
    message: expect.stringMatching(/"owner".*path, size/),
  });
});

it('asks the source for the union of the columns declared, and for none that a filter adds', async () => {
  let asked: string[] = [];
  const source = definePlugin({
    name: 'asked',
    kind: 'source',
    pwalk: '*',
    options: anyOptions(),
    create: async () => {
      const { numberSchema } = await import('../support/counting-source.js');
      return {
        open: (ctx) => {
          asked = [...ctx.columns];
          return numberSchema;
        },
        async *read() {},
      };
    },
  });
  const added = { name: 'extra', type: 'bool', nullable: false, description: '' } as const;
  const widening = definePlugin({
    name: 'w',
    kind: 'filter',
    pwalk: '*',
    options: anyOptions(),
    capabilities: { columns: ['path'], adds: [added] },
    create: () => ({ map: (batch) => batch }),
  });
  await runPipeline({
    source: source(),
    filters: [widening()],
    sinks: [recordingSink({ columns: ['size', 'path', 'extra'] })],
  });
  expect(asked.toSorted()).toEqual(['path', 'size']);
});
