import { DictionaryColumn, definePlugin, type EntryBatch, type Field } from '@pwalk/core';
import { z } from 'zod';

/** Columns of one word: the coding of every row is 0. */
function constantFields(values: Readonly<Record<string, string>>): readonly Field[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    type: 'dictionary',
    nullable: false,
    values: [value],
    description: 'The same in every row, as the user said',
  }));
}

/** A filter that adds columns with the same text in every row; a byte per row and column in memory. */
export const constantColumns = definePlugin({
  name: 'constant-columns',
  kind: 'filter',
  pwalk: '^0.1.0',
  options: z.record(z.string(), z.string()),
  capabilities: (values) => ({ adds: constantFields(values), releases: true }),
  create: (values) => {
    const fields = constantFields(values);
    let zeros = new Uint8Array(new SharedArrayBuffer(4096));
    return {
      map(batch: EntryBatch) {
        if (zeros.length < batch.length)
          zeros = new Uint8Array(new SharedArrayBuffer(batch.length));
        const codes = zeros.subarray(0, batch.length);
        return batch.with(
          new Map(fields.map((field) => [field, new DictionaryColumn(codes, field.values ?? [])])),
        );
      },
    };
  },
});
