import assert from 'node:assert/strict';
import { failingSink } from '../../doubles/failing-sink.js';
import type { Suite } from '../rule.js';

const all = ['source', 'filter', 'sink', 'action'] as const;

export const errors: Suite = {
  name: 'errors',
  rules: [
    {
      name: 'it closes quietly when another stage fails',
      kinds: all,
      test: async (trial) => {
        for (const hook of ['open', 'write', 'flush'] as const) {
          // A filter may let nothing through to the neighbour that fails.
          if (hook === 'write' && trial.stage.kind === 'filter') continue;
          const { error, warnings } = await trial.run({ after: [failingSink({ hook })] });
          assert.equal(error?.plugin, 'failing', error?.message);
          assert.deepEqual(
            warnings.filter(({ plugin }) => plugin === trial.stage.name),
            [],
          );
          trial.reset();
        }
      },
    },
  ],
};
