import assert from 'node:assert/strict';
import type { Suite } from '../rule.js';

const behindASource = ['filter', 'sink', 'action'] as const;

export const acknowledgement: Suite = {
  name: 'acknowledgement',
  rules: [
    {
      name: 'batches are left as they were',
      kinds: behindASource,
      test: async (trial) => {
        const batches = trial.batches();
        const rows = () =>
          batches.flatMap((batch) => Array.from({ length: batch.length }, (_, i) => batch.row(i)));
        const before = structuredClone(rows());
        await trial.runWell({ batches });
        assert.deepEqual(structuredClone(rows()), before);
      },
    },
    {
      name: 'what releases batches reads none after it acknowledged it',
      kinds: behindASource,
      when: ({ releases }) => releases === true,
      test: async (trial) => {
        const kept = await trial.made(await trial.runWell());
        trial.reset();
        assert.deepEqual(await trial.made(await trial.runWell({ overwrite: true })), kept);
      },
    },
  ],
};
