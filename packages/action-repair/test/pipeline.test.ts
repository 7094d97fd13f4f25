import { definePlugin, type EntryBatch, runPipeline } from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { permissionRepair } from '../src/index.js';
import type { RepairSummary } from '../src/summary.js';
import { refusal } from './support/repairing.js';
import { GROUP, image, isRoot, project, scratch, state, USER } from './support/tree.js';

const here = scratch();

const onlyFiles = definePlugin({
  name: 'only-files',
  kind: 'filter',
  pwalk: '*',
  options: z.undefined(),
  capabilities: { columns: ['type'] },
  create: () => ({
    map(batch: EntryBatch) {
      const { codes, words } = batch.column('type');
      const file = words.indexOf('file');
      return batch.select(Uint8Array.from(codes, (code) => (code === file ? 1 : 0)));
    },
  }),
});

it.runIf(isRoot)(
  'behind a filter repairs what comes through, with groups of what does not',
  async () => {
    const top = project(here);
    let summary: RepairSummary | undefined;
    const run = await runPipeline({
      source: walker({ roots: [`${top}/`] }),
      filters: [onlyFiles()],
      actions: [
        permissionRepair({
          root: `${top}/`,
          allowUnknownGid: true,
          journal: here.at('journal'),
          onSummary: (made) => {
            summary = made;
          },
        }),
      ],
      allow: ['fs:chmod', 'fs:chown'],
    });
    expect(run.effects).toEqual({ planned: 2, applied: 2 });
    expect(summary).toMatchObject({ planned: 2, applied: 2, byRule: { group: 2, setgid: 0 } });
    expect(image(`${top}/a/b/run.sh`)).toBe(`${USER}:${GROUP} 700`);
    expect(image(`${top}/a`)).toBe(`${USER}:${USER} 700`);
  },
);

it('asks for leave to change anything', async () => {
  const top = here.directory('proj', {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  });
  const before = state(top, { ctime: true });
  const run = runPipeline({
    source: walker({ roots: [top] }),
    actions: [permissionRepair({ root: top })],
  });
  expect(await refusal(run)).toBe('PWALK_EFFECT_NOT_ALLOWED');
  expect(state(top, { ctime: true })).toEqual(before);
});
