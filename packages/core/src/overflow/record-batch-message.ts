import {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  DictionaryColumn,
  NumberColumn,
  Utf8Column,
} from '../batch/column.js';
import { EntryBatch } from '../batch/entry-batch.js';
import { PwalkError } from '../errors/pwalk-error.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import type { ColumnType } from '../schema/field.js';

/**
 * Batches of one schema as record batch messages of Arrow IPC, version 5
 * (https://arrow.apache.org/docs/format/Columnar.html#recordbatch-message): columns are in Arrow's layout
 * already, so a message is their buffers behind some metadata, and a batch that is read is views of one.
 *
 * The metadata is a flatbuffer in which every field is written always. So for one schema it has one length,
 * and everything in it one place:
 *
 * | byte of the message | |
 * |---|---|
 * | 0 | `0xffffffff`, then the length of the metadata, 4 bytes each |
 * | 8 | where the table `Message` is; its vtable, and the table |
 * | 44 | the vtable of the table `RecordBatch`, and the table |
 * | 76 | how many columns; for each how many rows, and how many of them are null, 8 bytes each |
 * | … | how many buffers; for each where it begins in the body and how many bytes it has, 8 bytes each |
 * | … | the body |
 *
 * Numbers of the metadata are little-endian.
 */
const PREFIX = 8;
const ROWS = PREFIX + 56;
const BODY_LENGTH = PREFIX + 24;
const NODES = PREFIX + 72;
const PAIR = 16;

/** Buffers, and the body, begin at multiples of this. */
const ALIGNMENT = 8;

const VERSION_5 = 4;
const HEADER_IS_RECORD_BATCH = 3;

/** A batch on its way into a message: valid as long as the batch is. */
export interface LaidOutBatch {
  readonly rows: number;
  readonly nulls: readonly number[];
  readonly buffers: readonly Uint8Array[];
  /** Bytes of its message. */
  readonly byteLength: number;
}

export class RecordBatchMessages {
  readonly #schema: EntrySchema;
  /** The metadata of a message, with 0 for what differs from batch to batch. */
  readonly #template: Buffer;
  /** Where the places of buffers are. */
  readonly #buffers: number;
  readonly #body: number;
  /** The words of dictionary columns, by place in the schema: a message has their codes alone. */
  readonly #words: (readonly string[])[] = [];

  /** @param schema of every batch; a batch may have more columns, which are left out */
  constructor(schema: EntrySchema) {
    const columns = schema.fields.length;
    const buffers = schema.fields.reduce((sum, { type }) => sum + buffersOf(type), 0);
    this.#schema = schema;
    this.#buffers = NODES + columns * PAIR + 8;
    this.#body = this.#buffers + buffers * PAIR;
    this.#template = template(this.#body, columns, buffers);
  }

  /**
   * @throws PwalkError `PWALK_COLUMN_MISSING` when it lacks a column of the schema; `PWALK_SCHEMA_INVALID` when
   * a dictionary column has other words than in the first batch
   */
  layOut(batch: EntryBatch): LaidOutBatch {
    const nulls: number[] = [];
    const buffers: Uint8Array[] = [];
    for (const [index, { name }] of this.#schema.fields.entries()) {
      const column: Column = batch.column(name);
      if (column.type === 'dictionary') this.#learn(index, name, column.words);
      const count = nullCount(column);
      nulls.push(count);
      buffers.push(count === 0 ? none : bytesOf(column.validity ?? none), ...valuesOf(column));
    }
    const body = buffers.reduce((sum, { byteLength }) => sum + aligned(byteLength), 0);
    return { rows: batch.length, nulls, buffers, byteLength: this.#body + body };
  }

  /** @param to as long as the message */
  write({ rows, nulls, buffers, byteLength }: LaidOutBatch, to: Buffer): void {
    this.#template.copy(to);
    writeLong(to, BODY_LENGTH, byteLength - this.#body);
    writeLong(to, ROWS, rows);
    nulls.forEach((count, column) => {
      writeLong(to, NODES + column * PAIR, rows);
      writeLong(to, NODES + column * PAIR + 8, count);
    });
    let at = this.#body;
    buffers.forEach((buffer, index) => {
      writeLong(to, this.#buffers + index * PAIR, at - this.#body);
      writeLong(to, this.#buffers + index * PAIR + 8, buffer.byteLength);
      to.set(buffer, at);
      const end = at + buffer.byteLength;
      at += aligned(buffer.byteLength);
      to.fill(0, end, at);
    });
  }

  /** The batch of a message of these that begins where `memory` does: views of it. */
  read(memory: SharedArrayBuffer): EntryBatch {
    const message = Buffer.from(memory);
    const rows = readLong(message, ROWS);
    let buffer = this.#buffers;
    const next = () => {
      const at = this.#body + readLong(message, buffer);
      const length = readLong(message, buffer + 8);
      buffer += PAIR;
      return { at, length };
    };
    const columns = this.#schema.fields.map((field, index): [string, Column] => {
      const isAnyNull = readLong(message, NODES + index * PAIR + 8) > 0;
      const bits = next();
      const validity = isAnyNull ? new Uint8Array(memory, bits.at, bits.length) : null;
      return [field.name, view(field.type, this.#words[index], memory, rows, validity, next)];
    });
    return EntryBatch.of(this.#schema, new Map(columns));
  }

  /** A column has one vocabulary in all batches, which need not be that of its field. */
  #learn(index: number, name: string, words: readonly string[]): void {
    this.#words[index] ??= words;
    const known = this.#words[index];
    if (known === words) return;
    if (known.length === words.length && known.every((word, code) => word === words[code])) return;
    throw new PwalkError(
      'PWALK_SCHEMA_INVALID',
      `Column "${name}" has other words than in the batches before; give one vocabulary to all batches of a source.`,
    );
  }
}

function template(length: number, columns: number, buffers: number): Buffer {
  const message = Buffer.alloc(length);
  const table = (at: number, fields: readonly number[], size: number) => {
    const vtable = 4 + 2 * fields.length;
    const start = at - Math.ceil(vtable / 4) * 4;
    [vtable, size, ...fields].forEach((value, index) => {
      message.writeUInt16LE(value, start + 2 * index);
    });
    message.writeInt32LE(at - start, at);
  };
  const offset = (from: number, to: number) => message.writeUInt32LE(to - from, from);
  message.writeUInt32LE(0xffffffff, 0);
  message.writeUInt32LE(length - PREFIX, 4);
  const root = PREFIX + 16;
  const recordBatch = PREFIX + 48;
  offset(PREFIX, root);
  // version, type of the header, header, length of the body
  table(root, [16, 18, 4, 8], 20);
  message.writeUInt16LE(VERSION_5, root + 16);
  message.writeUInt8(HEADER_IS_RECORD_BATCH, root + 18);
  offset(root + 4, recordBatch);
  // rows, columns, buffers
  table(recordBatch, [8, 4, 16], 20);
  offset(recordBatch + 4, NODES - 4);
  message.writeUInt32LE(columns, NODES - 4);
  const list = NODES + columns * PAIR + 4;
  offset(recordBatch + 16, list);
  message.writeUInt32LE(buffers, list);
  return message;
}

/** Of a column: which rows have a value, the values, and for those of any length where they end. */
function buffersOf(type: ColumnType): number {
  return type === 'utf8' || type === 'binary' ? 3 : 2;
}

const none = new Uint8Array(0);

function valuesOf(column: Column): readonly Uint8Array[] {
  switch (column.type) {
    case 'utf8':
    case 'binary': {
      const { offsets, bytes, length } = column;
      const [start, end] = [offsets[0], offsets[length]];
      // A column may be a part of a larger one.
      const own = start === 0 ? offsets : offsets.map((offset) => offset - start);
      return [bytesOf(own), bytes.subarray(start, end)];
    }
    case 'bool':
      return [column.bits.subarray(0, (column.length + 7) >> 3)];
    case 'dictionary':
      return [column.codes];
    default:
      return [bytesOf(column.values)];
  }
}

function view(
  type: ColumnType,
  words: readonly string[],
  memory: SharedArrayBuffer,
  rows: number,
  validity: Uint8Array | null,
  next: () => { at: number; length: number },
): Column {
  const { at, length } = next();
  switch (type) {
    case 'utf8':
    case 'binary': {
      const offsets = new Int32Array(memory, at, rows + 1);
      const text = next();
      const bytes = new Uint8Array(memory, text.at, text.length);
      return type === 'utf8'
        ? new Utf8Column(offsets, bytes, validity)
        : new BinaryColumn(offsets, bytes, validity);
    }
    case 'bool':
      return new BoolColumn(rows, new Uint8Array(memory, at, length), validity);
    case 'dictionary':
      return new DictionaryColumn(new Uint8Array(memory, at, rows), words, validity);
    case 'int32':
      return new NumberColumn(type, new Int32Array(memory, at, rows), validity);
    case 'uint32':
      return new NumberColumn(type, new Uint32Array(memory, at, rows), validity);
    case 'float64':
      return new NumberColumn(type, new Float64Array(memory, at, rows), validity);
    case 'uint64':
      return new BigIntColumn(type, new BigUint64Array(memory, at, rows), validity);
    case 'int64':
    case 'timestamp':
      return new BigIntColumn(type, new BigInt64Array(memory, at, rows), validity);
  }
}

function nullCount({ validity, length }: Column): number {
  if (validity === null) return 0;
  let valid = 0;
  for (let byte = 0; byte < length >> 3; byte++) valid += ones[validity[byte]];
  const rest = length & 7;
  if (rest > 0) valid += ones[validity[length >> 3] & ((1 << rest) - 1)];
  return length - valid;
}

/** How many bits of a byte are set. */
const ones = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

/** Numbers are far below 2^53. */
function writeLong(to: Buffer, at: number, value: number): void {
  to.writeUInt32LE(value % 2 ** 32, at);
  to.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}

function readLong(from: Buffer, at: number): number {
  return from.readUInt32LE(at) + from.readUInt32LE(at + 4) * 2 ** 32;
}
