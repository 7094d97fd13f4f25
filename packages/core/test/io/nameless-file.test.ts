import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNameless } from '@pwalk/core/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const isRoot = process.getuid?.() === 0;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pwalk-nameless-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Opens one, and looks at it. */
async function expectNameless(): Promise<void> {
  const file = await openNameless(directory, 'file');
  const { nlink, mode } = await file.stat();
  await file.close();
  expect({ nlink, mode: mode & 0o777 }).toEqual({ nlink: 0, mode: 0o600 });
  expect(readdirSync(directory)).toEqual([]);
}

describe('a file without a name', () => {
  it('is for its user alone, and leaves nothing behind', expectNameless);

  it.runIf(isRoot)('is there also where a file has one from the start', async () => {
    // A file system without O_TMPFILE that needs no disk.
    expect(spawnSync('mount', ['-t', 'mqueue', 'none', directory]).status).toBe(0);
    try {
      await expectNameless();
    } finally {
      spawnSync('umount', [directory]);
    }
  });

  it('is not there where the directory is not', async () => {
    const missing = join(directory, 'missing');
    await expect(openNameless(missing, 'file')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
