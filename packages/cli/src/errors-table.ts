import {
  BatchBuilder,
  describeErrno,
  type EntryBatch,
  EntrySchema,
  type Field,
  fullEntrySchema,
} from '@pwalk/core';
import { failedRows } from './failed-entries.js';

const ownFields: readonly Field[] = [
  {
    name: 'code',
    type: 'utf8',
    nullable: false,
    description: 'Name of the errno, as EACCES',
  },
  {
    name: 'message',
    type: 'utf8',
    nullable: false,
    description: 'What the errno means, as "permission denied"',
  },
];

function entryFields(...names: string[]): readonly Field[] {
  return fullEntrySchema.pick(new Set(names)).fields;
}

/** The `errors` table: one row for every entry that could not be read. */
export const errorsSchema = new EntrySchema([
  ...entryFields('path', 'path_raw'),
  ...entryFields('operation'),
  ...entryFields('errno').map((field) => ({ ...field, nullable: false })),
  ...ownFields,
  ...entryFields('state'),
]);

/**
 * The rows of the errors table that a batch of entries gives; null when it gives none.
 * @param schema `errorsSchema`, and after it columns that the batch has, too
 */
export function errorsOf(batch: EntryBatch, schema: EntrySchema): EntryBatch | null {
  const rows = failedRows(batch.column('errno'));
  if (rows.length === 0) return null;
  const builder = new BatchBuilder(schema);
  const copied = schema.fields.filter(({ name }) => batch.has(name));
  for (const row of rows) {
    const [code, message] = describeErrno(batch.column('errno').get(row) ?? 0);
    const values = copied.map(({ name }) => [name, batch.column(name).get(row)] as const);
    builder.append({ ...Object.fromEntries(values), code, message });
  }
  return builder.finish();
}
