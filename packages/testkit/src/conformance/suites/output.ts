import assert from 'node:assert/strict';
import type { Suite } from '../rule.js';

export const output: Suite = {
  name: 'output',
  rules: [
    {
      name: 'outputs are told with a path, a format and their rows',
      kinds: ['sink'],
      test: async (trial) => {
        const { result } = await trial.runWell();
        for (const { path, format, rows, bytes } of result.outputs) {
          assert.equal(typeof path, 'string');
          assert.equal(typeof format, 'string');
          assert.ok(Number.isSafeInteger(rows) && rows >= 0, `rows is ${rows}`);
          assert.ok(
            bytes === null || (Number.isSafeInteger(bytes) && bytes >= 0),
            `bytes is ${bytes}`,
          );
        }
      },
    },
  ],
};
