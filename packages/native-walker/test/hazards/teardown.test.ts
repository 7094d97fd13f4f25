import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addon, makeTree, removeTree, runScript } from './hazard-process.js';

describe.skipIf(!existsSync(addon))('the native walker is stopped at any moment', () => {
  let tree = '';
  beforeAll(async () => {
    tree = await makeTree();
  });
  afterAll(() => removeTree(tree));

  const clean = { code: 0, signal: null, stderr: '' };

  it('by terminating the worker threads that walk', async () => {
    expect(await runScript('terminate-workers.mjs', tree)).toMatchObject(clean);
  });
  it('by closing the walk', async () => {
    expect(await runScript('cancel-walks.mjs', tree)).toMatchObject(clean);
  });
  it('by process.exit()', async () => {
    for (let i = 0; i < 10; i++) {
      expect(await runScript('exit-mid-walk.mjs', tree)).toMatchObject({ ...clean, code: 7 });
    }
  });
  it('by the garbage collector', async () => {
    expect(await runScript('collect-unclosed.mjs', tree, ['--expose-gc'])).toMatchObject(clean);
  });
  it('by the end of the process, which waits for a pending next() and for nothing else', async () => {
    expect(await runScript('idle-walk.mjs', tree)).toMatchObject({
      ...clean,
      stdout: `${80 * 61 + 8 + 1}\n`,
    });
  });
  it('by terminating the worker threads in which walk() and walkSync() run', async () => {
    expect(await runScript('terminate-listers.mjs', tree)).toMatchObject(clean);
  });
  it('by leaving walk() and walkSync() early', async () => {
    expect(await runScript('leave-walks.mjs', tree)).toMatchObject(clean);
  });
});
