import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, type EntryBatch, type PipelineResult, runPipeline } from '@pwalk/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RootIdentity, WalkPart, walker } from '../src/index.js';

const tree = mkdtempSync(join(tmpdir(), 'pwalk-part-'));
/** The root, and 40 directories of three files. */
const ROWS = 1 + 40 * 4;

beforeAll(() => {
  for (let i = 0; i < 40; i++) {
    mkdirSync(join(tree, `d${i}`));
    for (const name of ['a', 'b', 'c']) writeFileSync(join(tree, `d${i}`, name), name);
  }
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

const collect = definePlugin({
  name: 'collect',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z.custom<(path: string) => void>(),
  capabilities: { columns: ['path'] },
  create: (add) => ({
    write: (batch: EntryBatch) => {
      for (let row = 0; row < batch.length; row++) add(batch.column('path').get(row) ?? '');
    },
  }),
});

/** Runs a part, with its paths put into `paths`. */
function run(part: WalkPart, paths: string[], options: object = {}): Promise<PipelineResult> {
  return runPipeline({
    source: walker({ roots: [tree], part, threads: 1, ...options }),
    sinks: [collect((path) => paths.push(path))],
  });
}

describe('a walk in parts', () => {
  it.each(['native', 'portable'] as const)(
    'that is stopped says so, and its account is closed: %s',
    async (engine) => {
      const part = new WalkPart();
      const paths: string[] = [];
      part.stop();
      const { accounting, complete } = await run(part, paths, { engine });
      expect(part.isStopped).toBe(paths.length < ROWS);
      expect(complete).toBe(!part.isStopped);
      expect(accounting?.read).toBe(paths.length);
    },
  );

  it('that is never stopped is the whole', async () => {
    const part = new WalkPart({ resumable: true });
    const { complete } = await run(part, []);
    expect([complete, part.isStopped, part.isPartial, part.remaining]).toEqual([
      ...[true, false, false],
      null,
    ]);
  });

  it('goes on where the part before it was stopped', async () => {
    const paths: string[] = [];
    let parts = 0;
    for (let from: WalkPart['remaining'] | undefined; from !== null; parts++) {
      const part = new WalkPart({ resumable: true, ...(from === undefined ? {} : { from }) });
      // At the first row: the part has the directories that were entered by then.
      const add = (path: string) => {
        paths.push(path);
        part.stop();
      };
      await runPipeline({
        source: walker({ roots: [tree], part, threads: 1 }),
        sinks: [collect(add)],
      });
      from = part.remaining;
    }
    expect(paths).toHaveLength(ROWS);
    expect(new Set(paths).size).toBe(ROWS);
    expect(parts).toBeGreaterThanOrEqual(1);
  });

  it('is for the native walker, and not for symbolic links', async () => {
    const resumable = () => new WalkPart({ resumable: true });
    await expect(run(resumable(), [], { engine: 'portable' })).rejects.toMatchObject({
      code: 'PWALK_NATIVE_UNAVAILABLE',
    });
    await expect(run(resumable(), [], { followSymlinks: true })).rejects.toMatchObject({
      code: 'PWALK_OPTIONS_INVALID',
    });
  });

  it('knows its roots by inode and birth, whatever number their device has', () => {
    const path = Buffer.from('/data');
    const then: RootIdentity = { path, dev: 1n, inode: 2n, btime: 3n };
    const open = (root: RootIdentity, now: Partial<RootIdentity>, sameFileSystems = false) => {
      const from = { frontier: Buffer.alloc(0), roots: [root] };
      const part = new WalkPart({ from, resumable: true, sameFileSystems });
      part.opened([path], [{ errno: 0, ...root, ...now }]);
    };
    open(then, {});
    open(then, { dev: 9n });
    expect(() => open(then, { inode: 9n })).toThrow(/another directory.*inode 2 then, 9 now/);
    expect(() => open(then, { btime: 9n })).toThrow(/another directory/);
    const unborn = { ...then, btime: null };
    open(unborn, {});
    expect(() => open(unborn, { dev: 9n })).toThrow(/resume with --same-file-systems/);
    open(unborn, { dev: 9n }, true);
    expect(() => open(unborn, { inode: 9n }, true)).toThrow(/another directory/);
  });
});
