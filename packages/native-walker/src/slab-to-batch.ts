import {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  DictionaryColumn,
  EntryBatch,
  type EntrySchema,
  type Field,
  fullEntrySchema,
  NumberColumn,
  PwalkError,
  Utf8Column,
} from '@pwalk/core';
import type { NativeBatch } from './native-binding.js';

/** Numbers that describe one column in `NativeBatch.layout`. */
const LAYOUT_WIDTH = 6;

/** Where a column's buffers are in the slab, in bytes from its start; -1 where there is none. */
interface Place {
  readonly nulls: number;
  readonly validity: number;
  readonly offsets: number;
  readonly data: number;
  readonly size: number;
}

/**
 * Views of a slab, one column each: the native walker lays a batch out as Arrow buffers in one piece
 * of shared memory, and nothing of it is copied here.
 * @throws PwalkError `PWALK_SCHEMA_INVALID` when the layout is not that of the schema
 */
export function slabToBatch(
  schema: EntrySchema,
  slab: SharedArrayBuffer,
  { rows, layout }: NativeBatch,
): EntryBatch {
  const columns = new Map<string, Column>();
  for (let at = 0; at < layout.length; at += LAYOUT_WIDTH) {
    const [index, nulls, validity, offsets, data, size] = layout.subarray(at, at + LAYOUT_WIDTH);
    const field = fullEntrySchema.fields[index];
    if (field === undefined) {
      throw new PwalkError(
        'PWALK_SCHEMA_INVALID',
        `The native walker made a column ${index} that no schema has.`,
      );
    }
    columns.set(field.name, view(field, slab, rows, { nulls, validity, offsets, data, size }));
  }
  return EntryBatch.of(schema, columns);
}

function view(field: Field, slab: SharedArrayBuffer, rows: number, place: Place): Column {
  const validity =
    place.nulls === 0 || place.validity < 0
      ? null
      : new Uint8Array(slab, place.validity, (rows + 7) >> 3);
  switch (field.type) {
    case 'utf8':
    case 'binary': {
      const offsets = new Int32Array(slab, place.offsets, rows + 1);
      const bytes = new Uint8Array(slab, place.data, place.size);
      return field.type === 'utf8'
        ? new Utf8Column(offsets, bytes, validity)
        : new BinaryColumn(offsets, bytes, validity);
    }
    case 'bool':
      return new BoolColumn(rows, new Uint8Array(slab, place.data, (rows + 7) >> 3), validity);
    case 'dictionary':
      return new DictionaryColumn(
        new Uint8Array(slab, place.data, rows),
        field.values ?? [],
        validity,
      );
    case 'int32':
      return new NumberColumn('int32', new Int32Array(slab, place.data, rows), validity);
    case 'uint32':
      return new NumberColumn('uint32', new Uint32Array(slab, place.data, rows), validity);
    case 'float64':
      return new NumberColumn('float64', new Float64Array(slab, place.data, rows), validity);
    case 'uint64':
      return new BigIntColumn('uint64', new BigUint64Array(slab, place.data, rows), validity);
    case 'int64':
    case 'timestamp':
      return new BigIntColumn(field.type, new BigInt64Array(slab, place.data, rows), validity);
  }
}
