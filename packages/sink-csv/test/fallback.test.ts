import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEntrySchema, PwalkError } from '@pwalk/core';
import { expect, test, vi } from 'vitest';
import { batchOf, fileRow } from './support/data.js';
import {
  contextFor,
  failure,
  makeSink,
  rejection,
  run,
  temporaryDirectory,
} from './support/writing.js';

// As on a machine where the addon cannot be loaded.
vi.mock('../src/addon.js', () => ({
  loadAddon: () =>
    new PwalkError(
      'PWALK_NATIVE_UNAVAILABLE',
      'The native part of the CSV sink cannot be loaded here.',
    ),
}));

const directory = temporaryDirectory();
const batch = batchOf([fileRow(), fileRow({ path: '/data/b' })]);

test('without the addon dey is printed in JavaScript, with one warning', async () => {
  const path = join(directory, 'dey.csv');
  const warnings: string[] = [];
  await run({ path, dialect: 'dey' }, defaultEntrySchema, [batch, batch], contextFor([], warnings));
  expect(warnings).toEqual([expect.stringContaining('JavaScript')]);
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(5);
});

test('without the addon rfc4180 is made in JavaScript too, and zstd is refused', async () => {
  const warnings: string[] = [];
  const path = join(directory, 'rfc.csv');
  await run({ path }, defaultEntrySchema, [batch], contextFor([], warnings));
  expect(warnings).toEqual([expect.stringContaining('JavaScript')]);
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
  const sink = await makeSink({ path: `${path}.zst` });
  const error = await rejection(sink.open?.(defaultEntrySchema, contextFor()));
  expect(error.code).toBe('PWALK_NATIVE_UNAVAILABLE');
  expect(error.message).toContain('gzip');
});

test('a full device is found out without the addon too', async () => {
  const sink = await makeSink({ path: '/dev/full', dialect: 'dey' });
  await sink.open?.(defaultEntrySchema, contextFor());
  const error = await rejection(
    (async () => {
      for (let i = 0; i < 3; i++) await sink.write(batch, contextFor());
    })(),
  );
  expect(error.code).toBe('PWALK_OUTPUT_WRITE');
  await sink.close?.(failure);
});
