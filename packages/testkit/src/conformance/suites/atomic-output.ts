import assert from 'node:assert/strict';
import { definePlugin } from '@pwalk/core';
import { anyOptions } from '../../doubles/any-options.js';
import { failingSink } from '../../doubles/failing-sink.js';
import { slowSink } from '../../doubles/slow-sink.js';
import type { Suite } from '../rule.js';

/** A sink that is told when it is closed: stages are closed in reverse order, so the last is first. */
const closing = definePlugin({
  name: 'closing',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<{ onClose: () => void }>(),
  create: ({ onClose }) => ({ write: () => {}, close: onClose }),
});

export const atomicOutput: Suite = {
  name: 'atomic output',
  rules: [
    {
      name: 'nothing has its final name before close',
      kinds: ['sink'],
      when: ({ atomic }) => atomic === true,
      test: async (trial) => {
        let early: string[] = [];
        const probe = closing({
          onClose: () => {
            early = trial.files();
          },
        });
        await trial.runWell({ after: [probe] });
        const final = trial.files();
        assert.deepEqual(
          early.filter((name) => final.includes(name)),
          [],
        );
      },
    },
    {
      name: 'nothing is left of a run that fails or is cancelled',
      kinds: ['sink'],
      when: ({ atomic }) => atomic === true,
      test: async (trial) => {
        for (const hook of ['open', 'write', 'flush'] as const) {
          await trial.run({ after: [failingSink({ hook, at: 1 })] });
          assert.deepEqual(trial.files(), [], `after a failure in ${hook}`);
        }
        const controller = new AbortController();
        const cancel = slowSink({ until: async () => controller.abort() });
        await trial.run({ signal: controller.signal, after: [cancel] });
        assert.deepEqual(trial.files(), [], 'after a cancel');
      },
    },
  ],
};
