import {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  type ColumnSource,
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
 * A batch over a slab: the native walker lays it out as Arrow buffers in one piece of shared memory,
 * of which a column is a view, made when it is first asked for. Nothing is copied here.
 * @throws PwalkError `PWALK_SCHEMA_INVALID`, here or when a column is asked for, where the layout is not
 * that of the schema
 */
export function slabToBatch(
  schema: EntrySchema,
  slab: SharedArrayBuffer,
  { rows, layout }: NativeBatch,
): EntryBatch {
  if (layout.length !== schema.fields.length * LAYOUT_WIDTH) {
    throw misfit(
      `The native walker made ${layout.length / LAYOUT_WIDTH} columns of ${schema.fields.length}.`,
    );
  }
  return EntryBatch.over(schema, rows, new SlabColumns(schema, slab, rows, layout));
}

class SlabColumns implements ColumnSource {
  readonly #schema: EntrySchema;
  readonly #slab: SharedArrayBuffer;
  readonly #rows: number;
  readonly #layout: Float64Array;
  readonly #made = new Map<string, Column>();

  constructor(schema: EntrySchema, slab: SharedArrayBuffer, rows: number, layout: Float64Array) {
    this.#schema = schema;
    this.#slab = slab;
    this.#rows = rows;
    this.#layout = layout;
  }

  get(name: string): Column | undefined {
    const made = this.#made.get(name);
    if (made !== undefined) return made;
    const position = this.#schema.fields.findIndex((field) => field.name === name);
    if (position < 0) return undefined;
    const at = position * LAYOUT_WIDTH;
    const [index, nulls, validity, offsets, data, size] = this.#layout.subarray(
      at,
      at + LAYOUT_WIDTH,
    );
    const field = this.#schema.fields[position];
    if (fullEntrySchema.fields[index]?.name !== name) {
      throw misfit(`The native walker made a column ${index} in place of "${name}".`);
    }
    const column = view(field, this.#slab, this.#rows, { nulls, validity, offsets, data, size });
    this.#made.set(name, column);
    return column;
  }
}

function misfit(message: string): PwalkError {
  return new PwalkError('PWALK_SCHEMA_INVALID', message);
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
