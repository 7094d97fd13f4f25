import assert from 'node:assert/strict';
import type { Suite } from '../rule.js';

export const filter: Suite = {
  name: 'filter',
  rules: [
    {
      name: 'no more rows come out than went in',
      kinds: ['filter'],
      test: async (trial) => {
        const { result } = await trial.runWell();
        assert.ok(result.matched <= result.rows, `${result.matched} came out of ${result.rows}`);
      },
    },
    {
      name: 'the columns it adds are those it declared, and are in every batch',
      kinds: ['filter'],
      test: async (trial) => {
        const { adds = [] } = await trial.capabilities();
        const { recording } = await trial.runWell();
        const given = new Set(trial.batches()[0]?.schema.fields.map(({ name }) => name));
        if (recording.batches.length === 0) return;
        assert.deepEqual(
          recording.columns.filter((name) => !given.has(name)).sort(),
          adds.map(({ name }) => name).sort(),
        );
      },
    },
  ],
};
