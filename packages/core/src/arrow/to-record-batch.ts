import {
  Field as ArrowField,
  Binary,
  Bool,
  BufferType,
  Data,
  type DataType,
  Dictionary,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint8,
  Uint32,
  Uint64,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import type { Column } from '../batch/column.js';
import type { EntryBatch } from '../batch/entry-batch.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import type { Field } from '../schema/field.js';

interface ArrowShape {
  readonly schema: Schema;
  readonly words: ReadonlyMap<string, Vector>;
}

/**
 * One Arrow schema, and one dictionary vector per dictionary column, for each of our schemas.
 * Arrow's writers drop or refuse batches whose dictionary ids or vectors differ from the first's,
 * so they are made once and the ids are fixed.
 */
const shapes = new WeakMap<EntrySchema, ArrowShape>();

function shapeOf(schema: EntrySchema): ArrowShape {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    const words = new Map<string, Vector>();
    const fields = schema.fields.map((field, index) => {
      if (field.type === 'dictionary')
        words.set(field.name, vectorFromArray(field.values ?? [], new Utf8()));
      return new ArrowField(
        field.name,
        arrowType(field, index),
        field.nullable,
        new Map([['description', field.description]]),
      );
    });
    shape = { schema: new Schema(fields), words };
    shapes.set(schema, shape);
  }
  return shape;
}

function arrowType({ type }: Field, index: number): DataType {
  switch (type) {
    case 'utf8':
      return new Utf8();
    case 'binary':
      return new Binary();
    case 'bool':
      return new Bool();
    case 'int32':
      return new Int32();
    case 'uint32':
      return new Uint32();
    case 'float64':
      return new Float64();
    case 'int64':
      return new Int64();
    case 'uint64':
      return new Uint64();
    case 'timestamp':
      return new TimestampMicrosecond('UTC');
    case 'dictionary':
      return new Dictionary(new Utf8(), new Uint8(), index);
  }
}

/** The Arrow schema of a pwalk schema, the same object every time. */
export function toArrowSchema(schema: EntrySchema): Schema {
  return shapeOf(schema).schema;
}

/**
 * The batch as an Arrow record batch over the same memory. All batches of one schema have the same
 * Arrow schema and dictionaries, so any Arrow writer takes them in sequence.
 */
export function toRecordBatch(batch: EntryBatch): RecordBatch {
  const { schema, words } = shapeOf(batch.schema);
  const children = schema.fields.map((field) =>
    toData(field.type, batch.column(field.name), words.get(field.name)),
  );
  const type = new Struct(schema.fields);
  return new RecordBatch(schema, makeData({ type, length: batch.length, nullCount: 0, children }));
}

function toData(type: DataType, column: Column, dictionary: Vector | undefined): Data {
  const { length, validity } = column;
  const unknownUntilCounted = -1;
  const nullCount = validity === null ? 0 : unknownUntilCounted;
  return new Data(type, 0, length, nullCount, buffersOf(column), [], dictionary);
}

/** The column's memory under Arrow's names for it. */
function buffersOf(column: Column): Partial<Data['buffers']> {
  const validity = column.validity === null ? {} : { [BufferType.VALIDITY]: column.validity };
  switch (column.type) {
    case 'utf8':
    case 'binary':
      return {
        ...validity,
        [BufferType.OFFSET]: column.offsets,
        [BufferType.DATA]: column.bytes,
      };
    case 'bool':
      return { ...validity, [BufferType.DATA]: column.bits };
    case 'dictionary':
      return { ...validity, [BufferType.DATA]: column.codes };
    default:
      return { ...validity, [BufferType.DATA]: column.values };
  }
}
