import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { conformance, givenBatches, sampleBatches } from '@pwalk/testkit';
import { runPipeline } from 'pwalk';
import plugin from '../dist/index.js';

conformance({
  describe,
  it,
  stage: (directory) => plugin({ path: join(directory, 'types.json') }),
  read: (directory) => readFileSync(join(directory, 'types.json'), 'utf8'),
  invalidOptions: [{}, { path: 7 }],
});

it('counts every row once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plugin-'));
  const path = join(directory, 'types.json');
  const batches = sampleBatches();
  await runPipeline({ source: givenBatches({ batches }), sinks: [plugin({ path })] });
  const counts = Object.values(JSON.parse(readFileSync(path, 'utf8')));
  rmSync(directory, { recursive: true });
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    batches.reduce((sum, batch) => sum + batch.length, 0),
  );
});
