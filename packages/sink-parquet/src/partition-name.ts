import { createHash } from 'node:crypto';
import type { Column, EntrySchema, Field } from '@pwalk/core';
import { PwalkError } from '@pwalk/core';

/** What Hive calls the directory of rows without a value. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

/** Bytes of a name that leave room for the column's; names have 255 at most. */
const LONGEST = 180;

/**
 * The name of a partition's directory for a value, as `owner=alice`. Everything but letters, digits,
 * `-`, `_` and `.` is percent-encoded byte by byte: no value has a slash, a NUL or another name's
 * meaning. A value whose name would be too long is cut, and ends in `~` and a hash of the whole.
 */
export function partitionName(column: string, value: string | null): string {
  return `${encoded(column)}=${value === null ? NO_VALUE : encodedValue(value)}`;
}

function encodedValue(value: string): string {
  const text = encoded(value);
  // A value that reads like the mark for none is not to be taken for it.
  if (text === NO_VALUE) return `%5F${text.slice(1)}`;
  if (text.length <= LONGEST) return text;
  let kept = '';
  for (const character of value) {
    const next = encoded(character);
    if (kept.length + next.length > LONGEST) break;
    kept += next;
  }
  return `${kept}~${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}

function encoded(text: string): string {
  let result = '';
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    const isPlain = byte < 0x80 && /[\w.-]/.test(character);
    result += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}

const refused: ReadonlySet<Field['type']> = new Set(['binary', 'float64', 'timestamp']);

/**
 * The fields a dataset is partitioned by, in the order given.
 * @throws PwalkError when there is no such column, or it has a value of its own in nearly every row
 */
export function partitionFields(schema: EntrySchema, names: readonly string[]): readonly Field[] {
  if (new Set(names).size < names.length) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      'partitionBy names a column twice; once will do.',
    );
  }
  return names.map((name) => {
    const field = schema.field(name);
    if (field === undefined) {
      const known = schema.fields.map((known) => known.name).join(', ');
      throw new PwalkError(
        'PWALK_COLUMN_MISSING',
        `There is no column "${name}" to partition by; choose from ${known}.`,
      );
    }
    if (!refused.has(field.type)) return field;
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `The column ${name} (${field.type}) cannot be partitioned by; choose one with few values, as owner or type.`,
    );
  });
}

/** The directory names of a column's rows; one that was met before is not made again. */
export function partitionNames(
  column: Column,
  name: string,
  known: Map<string | number | bigint | boolean | null, string>,
): (row: number) => string {
  return (row) => {
    const value = column.get(row);
    const key = value instanceof Uint8Array ? null : value;
    let text = known.get(key);
    if (text === undefined) {
      text = partitionName(name, key === null ? null : String(key));
      known.set(key, text);
    }
    return text;
  };
}
