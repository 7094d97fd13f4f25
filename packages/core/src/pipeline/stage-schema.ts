import { PwalkError } from '../errors/pwalk-error.js';
import { defaultEntrySchema, type EntrySchema, fullEntrySchema } from '../schema/entry-schema.js';
import type { LiveStage } from './open-stage.js';

/** @throws PwalkError `PWALK_PLUGIN_INVALID` when what a source's `open` returned is no schema */
export function checkSchema({ stage }: LiveStage, schema: unknown): void {
  if (typeof schema === 'object' && schema !== null && 'fields' in schema && 'pick' in schema)
    return;
  throw new PwalkError(
    'PWALK_PLUGIN_INVALID',
    `Plugin "${stage.name}" returned no schema from open(); return the EntrySchema of its batches.`,
    { plugin: stage.name, hook: 'open' },
  );
}

/**
 * What a stage gets to see of the stream: the columns it declared. `'all'` leaves out the optional
 * columns of the entries table, which are there only because another stage asked for them by name.
 * @throws PwalkError `PWALK_COLUMN_MISSING` when it declared a column that does not reach it
 */
export function declaredSchema(
  { stage, capabilities }: LiveStage,
  schema: EntrySchema,
): EntrySchema {
  const columns = capabilities.columns ?? [];
  const isAll = columns === 'all' || columns.includes('*');
  const named = columns === 'all' ? [] : columns.filter((name) => name !== '*');
  const missing = named.find((name) => !schema.has(name));
  if (missing !== undefined) {
    throw new PwalkError(
      'PWALK_COLUMN_MISSING',
      `Plugin "${stage.name}" reads the column "${missing}", which nothing before it produces; the columns are ${schema.fields.map(({ name }) => name).join(', ')}.`,
      { plugin: stage.name, hook: 'open' },
    );
  }
  const all = isAll ? schema.fields.map(({ name }) => name) : [];
  return schema.pick(new Set([...named, ...all.filter((name) => !optionalColumns.has(name))]));
}

const optionalColumns: ReadonlySet<string> = new Set(
  fullEntrySchema.fields.map(({ name }) => name).filter((name) => !defaultEntrySchema.has(name)),
);
