import assert from 'node:assert/strict';
import { fullEntrySchema } from '@pwalk/core';
import { sourceContext } from '../contexts.js';
import type { Suite } from '../rule.js';

export const source: Suite = {
  name: 'source',
  rules: [
    {
      name: 'every batch has the schema that open returned',
      kinds: ['source'],
      test: async (trial) => {
        const instance = await trial.create('source');
        const ctx = sourceContext(trial);
        const schema = await instance.open(ctx);
        let rows = 0;
        for await (const batch of instance.read(ctx)) {
          assert.deepEqual(
            batch.schema.fields.map(({ name, type }) => [name, type]),
            schema.fields.map(({ name, type }) => [name, type]),
          );
          rows += batch.length;
          instance.acknowledge?.(batch, 'delivered');
        }
        await instance.close?.({
          ok: true,
          accounting: null,
          complete: true,
          finishedAt: new Date(),
        });
        assert.ok(rows > 0, 'it found nothing in a directory that has something');
      },
    },
    {
      name: 'only columns that were asked for are produced, of those of the entries table',
      kinds: ['source'],
      test: async (trial) => {
        const instance = await trial.create('source');
        const schema = await instance.open(sourceContext(trial, ['path']));
        const extra = schema.fields.filter(
          ({ name }) => name !== 'path' && fullEntrySchema.has(name),
        );
        await instance.close?.({ ok: false, error: trial.stopped() });
        assert.deepEqual(
          extra.map(({ name }) => name),
          [],
        );
      },
    },
    {
      name: 'reading ends when it is left early',
      kinds: ['source'],
      test: async (trial) => {
        const instance = await trial.create('source');
        const ctx = sourceContext(trial);
        await instance.open(ctx);
        const iterator = instance.read(ctx)[Symbol.asyncIterator]();
        const first = await trial.within('the first batch', iterator.next());
        assert.notEqual(first.done, true);
        await trial.within('return()', Promise.resolve(iterator.return?.()));
        const next = await trial.within('next() after return()', iterator.next());
        assert.equal(next.done, true, 'it gave another batch after it was left');
        await instance.close?.({ ok: false, error: trial.stopped() });
      },
    },
  ],
};
