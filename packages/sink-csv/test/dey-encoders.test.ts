import { BinaryColumn, type Column, defaultEntrySchema, EntryBatch, Utf8Column } from '@pwalk/core';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { nativeDeyEncoder } from '../src/dey-native.js';
import { ScriptDeyEncoder } from '../src/dey-script.js';
import { batchOf, fileRow, randomNumbers, randomRow } from './support/data.js';
import { encoded } from './support/encoded.js';
import { rejection } from './support/writing.js';

const addon = loadAddon();
if (addon instanceof Error) throw addon;

const slashRoots = [Buffer.from('/data/'), Buffer.from('/data//'), Buffer.from('/')];

test.each([1, 2, 3, 4, 5])(
  'native and JavaScript print the same bytes (random rows, seed %i)',
  async (seed) => {
    const random = randomNumbers(seed);
    const batch = batchOf(Array.from({ length: 4000 }, () => randomRow(random)));
    const native = await encoded(nativeDeyEncoder(addon, slashRoots, 1 << 22), batch);
    const script = await encoded(new ScriptDeyEncoder(slashRoots), batch);
    expect(native.printed).toBeGreaterThan(1000);
    expect(script).toEqual(native);
  },
);

test('small chunks change nothing, and a chunk grows for a path that is longer than it', async () => {
  const random = randomNumbers(6);
  const long = fileRow({ path: `/data/${'x"'.repeat(5000)}` });
  const batch = batchOf([...Array.from({ length: 50 }, () => randomRow(random)), long, fileRow()]);
  const whole = await encoded(nativeDeyEncoder(addon, slashRoots, 1 << 22), batch);
  expect(whole.chunks).toBe(1);
  for (const encoder of [
    nativeDeyEncoder(addon, slashRoots, 700),
    new ScriptDeyEncoder(slashRoots, 700),
  ]) {
    const pieces = await encoded(encoder, batch);
    expect(pieces.chunks).toBeGreaterThan(5);
    expect(pieces.text).toBe(whole.text);
  }
});

test('a batch narrowed by a filter is printed as it reads', async () => {
  const random = randomNumbers(7);
  const batch = batchOf(Array.from({ length: 100 }, () => randomRow(random)));
  const narrowed = batch.select(Uint8Array.from({ length: 100 }, (_, row) => row % 3));
  expect((await encoded(nativeDeyEncoder(addon, slashRoots, 1 << 22), narrowed)).text).toBe(
    (await encoded(new ScriptDeyEncoder(slashRoots), narrowed)).text,
  );
});

test('a batch whose buffers contradict each other is refused', async () => {
  const good = batchOf([fileRow(), fileRow()]);
  const columns = new Map<string, Column>(
    defaultEntrySchema.fields.map(({ name }) => [name, good.column(name)] as const),
  );
  const broken = [
    ['path', new Utf8Column(Int32Array.of(0, 9, 4), Buffer.from('too short'))],
    ['path', new Utf8Column(Int32Array.of(0, 9, 40), Buffer.from('too short'))],
    ['path_raw', new BinaryColumn(Int32Array.of(0, 0, 1 << 30), new Uint8Array())],
  ] as const;
  for (const [name, column] of broken) {
    const batch = EntryBatch.of(
      defaultEntrySchema,
      new Map<string, Column>([...columns, [name, column]]),
    );
    const error = await rejection(encoded(nativeDeyEncoder(addon, [], 1 << 22), batch));
    expect(error.code).toBe('PWALK_SCHEMA_INVALID');
  }
});

test('arguments of the wrong kind are errors, not crashes', () => {
  const encoder = new addon.DeyEncoder({ slashRoots: [], printedStates: Uint8Array.of(0) });
  expect(() => encoder.encode(1, [], 0, new Uint8Array(8))).toThrow(/number of columns/);
  expect(() => encoder.encode(1, Array(54).fill(null), 0, new Uint8Array(8))).toThrow(
    /typed array/,
  );
});
