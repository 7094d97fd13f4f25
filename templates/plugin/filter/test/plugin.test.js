import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conformance, givenBatches, Recording, recordingSink, sampleBatches } from '@pwalk/testkit';
import { definePlugin, runPipeline } from 'pwalk';
import { z } from 'zod';
import plugin from '../dist/index.js';

conformance({
  describe,
  it,
  stage: () => plugin({ least: 4096 }),
  invalidOptions: [{ least: -1 }, { least: 'much' }],
});

/** What comes out of the filter, with the columns a test asks for. */
async function behind(stage) {
  const rows = [];
  const sink = definePlugin({
    name: 'rows',
    kind: 'sink',
    pwalk: '*',
    options: z.undefined(),
    capabilities: { columns: ['size', 'size_log2'] },
    create: () => ({
      write: (batch) => {
        for (let row = 0; row < batch.length; row++) rows.push(batch.row(row));
      },
    }),
  });
  await runPipeline({
    source: givenBatches({ batches: sampleBatches() }),
    filters: [stage],
    sinks: [sink(), recordingSink(new Recording())],
  });
  return rows;
}

it('keeps what is large enough, with the binary digits of its size', async () => {
  const rows = await behind(plugin({ least: 4096 }));
  assert.ok(rows.length > 0);
  for (const { size, size_log2: digits } of rows) {
    assert.ok(size >= 4096n);
    assert.equal(digits, size.toString(2).length);
  }
});
