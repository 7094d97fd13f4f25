import assert from 'node:assert/strict';
import { Recording, recordingSink } from '../../doubles/recording-sink.js';
import { slowSink } from '../../doubles/slow-sink.js';
import type { Suite } from '../rule.js';

export const backpressure: Suite = {
  name: 'backpressure',
  rules: [
    {
      name: 'a batch is taken without waiting for the next',
      kinds: ['filter', 'sink', 'action'],
      test: async (trial) => {
        await trial.runWell({ credit: 1 });
      },
    },
    {
      name: 'a slow neighbour gets every batch',
      kinds: ['source', 'filter', 'sink'],
      test: async (trial) => {
        const recording = new Recording();
        const turns = () => new Promise<void>((done) => setImmediate(done));
        const { result } = await trial.runWell({
          credit: 2,
          after: [slowSink({ until: turns }), recordingSink(recording)],
        });
        assert.equal(recording.rows.length, result.matched);
      },
    },
  ],
};
