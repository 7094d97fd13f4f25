import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { conformance } from '@pwalk/testkit';
import { runPipeline, walker } from 'pwalk';
import plugin from '../dist/index.js';

conformance({
  describe,
  it,
  stage: (directory) => plugin({ journal: join(directory, 'journal') }),
  invalidOptions: [{}],
});

it('closes what everybody can write, and writes it down', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plugin-'));
  const open = join(directory, 'open');
  writeFileSync(open, '');
  chmodSync(open, 0o666);
  const journal = `${directory}.journal`;
  const run = (dryRun) =>
    runPipeline({
      source: walker({ roots: [directory] }),
      actions: [plugin({ journal })],
      allow: ['fs:chmod'],
      dryRun,
    });
  assert.deepEqual((await run(true)).effects, { planned: 1, applied: 0 });
  assert.equal(statSync(open).mode & 0o777, 0o666);
  assert.deepEqual((await run(false)).effects, { planned: 1, applied: 1 });
  assert.equal(statSync(open).mode & 0o777, 0o664);
  assert.deepEqual(JSON.parse(readFileSync(journal, 'utf8')), { path: open, undo: 'o+w' });
  rmSync(directory, { recursive: true });
  rmSync(journal);
});
