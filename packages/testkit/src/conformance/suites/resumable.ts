import assert from 'node:assert/strict';
import { sinkContext } from '../contexts.js';
import type { Suite } from '../rule.js';

export const resumable: Suite = {
  name: 'resumable',
  rules: [
    {
      name: 'a checkpoint between two batches changes nothing of the result',
      kinds: ['sink'],
      when: ({ resumable }) => resumable === true,
      test: async (trial) => {
        const whole = await trial.made(await trial.runWell());
        trial.reset();
        const instance = await trial.create('sink');
        assert.equal(
          typeof instance.checkpoint,
          'function',
          'it is resumable and has no checkpoint()',
        );
        const batches = trial.batches();
        const [first] = batches;
        assert.ok(first !== undefined);
        const { columns = [] } = await trial.capabilities();
        const schema = columns === 'all' ? first.schema : first.schema.pick(new Set(columns));
        const ctx = sinkContext(trial);
        await instance.open?.(schema, ctx);
        for (const batch of batches) {
          await instance.write(batch.narrowedTo(schema), ctx);
          await trial.within('checkpoint()', Promise.resolve(instance.checkpoint?.(ctx)));
        }
        const outcome = {
          ok: true,
          accounting: null,
          complete: true,
          finishedAt: new Date(),
        } as const;
        await instance.flush?.(outcome, ctx);
        await instance.close?.(outcome);
        const checkpointed = await trial.made({
          result: null,
          error: null,
          warnings: [],
          recording: trial.nothingRecorded(),
        });
        assert.deepEqual(filesOf(checkpointed), filesOf(whole));
      },
    },
  ],
};

/** Rows and effects are told by the engine only. */
function filesOf(made: unknown): unknown {
  return typeof made === 'object' && made !== null && 'files' in made ? made.files : made;
}
