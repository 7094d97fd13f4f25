import { type Column, type EntryBatch, PwalkError } from '@pwalk/core';

/**
 * A column of a batch, of the type the predicate was checked for.
 * @throws PwalkError `PWALK_SCHEMA_INVALID` when the batch does not keep its schema's promise
 */
export function columnOf<T extends Column['type']>(
  batch: EntryBatch,
  name: string,
  ...types: readonly T[]
): Extract<Column, { type: T }> {
  const column: Column = batch.column(name);
  if (isOneOf(column, types)) return column;
  throw new PwalkError(
    'PWALK_SCHEMA_INVALID',
    `Column "${name}" of a batch is ${column.type}, not ${types.join(' or ')}.`,
  );
}

function isOneOf<T extends Column['type']>(
  column: Column,
  types: readonly T[],
): column is Extract<Column, { type: T }> {
  return types.some((type) => type === column.type);
}
