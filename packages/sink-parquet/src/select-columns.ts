import { type EntrySchema, PwalkError } from '@pwalk/core';

/** The schema's columns that are to be written: `names`, or all. */
export function selectColumns(
  schema: EntrySchema,
  names: readonly string[] | undefined,
): EntrySchema {
  if (names === undefined) return schema;
  for (const name of names) {
    if (schema.has(name)) continue;
    const known = schema.fields.map((field) => field.name).join(', ');
    throw new PwalkError(
      'PWALK_COLUMN_MISSING',
      `There is no column "${name}" to write; choose from ${known}.`,
    );
  }
  return schema.pick(new Set(names));
}
