import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { conformance } from '@pwalk/testkit';
import { definePlugin, runPipeline } from 'pwalk';
import { z } from 'zod';
import plugin from '../dist/index.js';

conformance({
  describe,
  it,
  stage: (directory) => plugin({ roots: [directory] }),
  invalidOptions: [{}, { roots: [] }],
});

it('lists a directory and nothing below it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plugin-'));
  mkdirSync(join(directory, 'sub'));
  writeFileSync(join(directory, 'sub', 'below'), '');
  writeFileSync(join(directory, 'file'), '12345');
  const rows = [];
  const sink = definePlugin({
    name: 'rows',
    kind: 'sink',
    pwalk: '*',
    options: z.undefined(),
    capabilities: { columns: ['name', 'type', 'size'] },
    create: () => ({
      write: (batch) => {
        for (let row = 0; row < batch.length; row++) rows.push({ ...batch.row(row) });
      },
    }),
  });
  await runPipeline({ source: plugin({ roots: [directory] }), sinks: [sink()] });
  rmSync(directory, { recursive: true });
  assert.deepEqual(rows.map(({ name, type }) => [name, type]).sort(), [
    ['file', 'file'],
    ['sub', 'directory'],
  ]);
  assert.equal(rows.find(({ name }) => name === 'file').size, 5n);
});
