import type { ColumnType, EntrySchema } from '@pwalk/core';
import type { Addon } from './addon.js';
import { NativeEncoder } from './native-encoder.js';
import type { Rfc4180Settings } from './rfc4180-script.js';

/** Numbers of the types, as `CellType` in cpp/core/rfc4180_encoder.hpp has them. */
const types: readonly ColumnType[] = [
  'utf8',
  'binary',
  'bool',
  'int32',
  'uint32',
  'float64',
  'int64',
  'uint64',
  'timestamp',
  'dictionary',
];

/** Those of `Quoting` in cpp/core/cell_rules.hpp. */
const quotings: readonly Rfc4180Settings['quoting'][] = ['minimal', 'all', 'strings'];

/** Rows as RFC 4180 describes them; `schema` has the columns of the settings. */
export function nativeRfc4180Encoder(
  addon: Addon,
  schema: EntrySchema,
  settings: Rfc4180Settings,
  chunkBytes: number,
): NativeEncoder {
  const { columns, delimiter, quoting, safe } = settings;
  const encoder = new addon.Rfc4180Encoder({
    columns: columns.map((name) => {
      const field = schema.field(name);
      if (field === undefined) throw new Error(`there is no column "${name}"`);
      return { type: types.indexOf(field.type), words: field.values ?? [] };
    }),
    delimiter,
    quoting: quotings.indexOf(quoting),
    safe,
  });
  return new NativeEncoder(encoder, columns, chunkBytes);
}
