import assert from 'node:assert/strict';
import { slowSink } from '../../doubles/slow-sink.js';
import type { Suite } from '../rule.js';

export const abort: Suite = {
  name: 'abort',
  rules: [
    {
      name: 'a run that is cancelled ends as cancelled',
      kinds: ['source', 'filter', 'sink', 'action'],
      test: async (trial) => {
        const controller = new AbortController();
        const cancel = slowSink({
          until: async () => controller.abort(),
        });
        const { error, warnings } = await trial.run({
          signal: controller.signal,
          after: [cancel],
          // A filter may let nothing through to the neighbour that cancels.
          onPull: (index) => {
            if (index === 1) controller.abort();
          },
          batches: trial.stage.kind === 'source' ? [] : [...trial.batches(), ...trial.batches()],
        });
        assert.equal(error?.code, 'PWALK_CANCELLED', error?.message);
        assert.deepEqual(
          warnings.filter(({ plugin }) => plugin === trial.stage.name),
          [],
        );
      },
    },
  ],
};
