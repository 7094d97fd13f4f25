import { PwalkError } from '../errors/pwalk-error.js';
import type { Field } from '../schema/field.js';
import {
  BigIntColumn,
  BinaryColumn,
  BoolColumn,
  type Column,
  DictionaryColumn,
  NumberColumn,
  Utf8Column,
} from './column.js';

/** What a row may hold. */
export type Value = string | number | bigint | boolean | Uint8Array | null;

/** Collects the values of one column, then lays them out as Arrow memory. */
export interface ColumnBuilder {
  /** @throws PwalkError `PWALK_SCHEMA_INVALID` when the value does not fit the field */
  append(value: Value | undefined): void;
  /** The column so far; the builder is empty again afterwards. Memory is shared between threads. */
  finish(): Column;
}

/** A builder for columns of that field. */
export function columnBuilder(field: Field): ColumnBuilder {
  switch (field.type) {
    case 'utf8':
    case 'binary':
      return new BytesBuilder(field);
    case 'dictionary':
      return new DictionaryBuilder(field);
    default:
      return new FixedBuilder(field);
  }
}

function misfit(field: Field, value: unknown): PwalkError {
  const seen =
    value === null || value === undefined ? 'nothing' : `${typeof value} ${String(value)}`;
  return new PwalkError(
    'PWALK_SCHEMA_INVALID',
    `Column "${field.name}" is ${field.type}${field.nullable ? '' : ', not nullable'}, and was given ${seen}.`,
  );
}

/** Validity of the rows so far: a list of the null rows, as they are few. */
class Nulls {
  readonly #field: Field;
  #rows: number[] = [];

  constructor(field: Field) {
    this.#field = field;
  }

  /** @throws PwalkError when the field is not nullable */
  add(row: number): void {
    if (!this.#field.nullable) throw misfit(this.#field, null);
    this.#rows.push(row);
  }

  finish(length: number): Uint8Array | null {
    if (this.#rows.length === 0) return null;
    const bits = new Uint8Array(new SharedArrayBuffer((length + 7) >> 3)).fill(0xff);
    for (const row of this.#rows) bits[row >> 3] &= ~(1 << (row & 7));
    this.#rows = [];
    return bits;
  }
}

class FixedBuilder implements ColumnBuilder {
  readonly #field: Field;
  readonly #nulls: Nulls;
  #values: (number | bigint | boolean)[] = [];

  constructor(field: Field) {
    this.#field = field;
    this.#nulls = new Nulls(field);
  }

  append(value: Value | undefined): void {
    if (value === null || value === undefined) {
      this.#nulls.add(this.#values.length);
      this.#values.push(isBigInt(this.#field) ? 0n : 0);
    } else if (
      (typeof value === 'bigint' && isBigInt(this.#field)) ||
      (typeof value === 'boolean' && this.#field.type === 'bool') ||
      (typeof value === 'number' && !isBigInt(this.#field) && this.#field.type !== 'bool')
    ) {
      this.#values.push(value);
    } else {
      throw misfit(this.#field, value);
    }
  }

  finish(): Column {
    const values = this.#values;
    this.#values = [];
    const validity = this.#nulls.finish(values.length);
    const { type } = this.#field;
    switch (type) {
      case 'bool': {
        const bits = new Uint8Array(new SharedArrayBuffer((values.length + 7) >> 3));
        for (let i = 0; i < values.length; i++) if (values[i]) bits[i >> 3] |= 1 << (i & 7);
        return new BoolColumn(values.length, bits, validity);
      }
      case 'int32':
        return new NumberColumn(type, fill(new Int32Array(shared(values, 4)), values), validity);
      case 'uint32':
        return new NumberColumn(type, fill(new Uint32Array(shared(values, 4)), values), validity);
      case 'float64':
        return new NumberColumn(type, fill(new Float64Array(shared(values, 8)), values), validity);
      case 'uint64':
        return new BigIntColumn(
          type,
          fillBig(new BigUint64Array(shared(values, 8)), values),
          validity,
        );
      case 'int64':
      case 'timestamp':
        return new BigIntColumn(
          type,
          fillBig(new BigInt64Array(shared(values, 8)), values),
          validity,
        );
      default:
        throw misfit(this.#field, null);
    }
  }
}

function isBigInt({ type }: Field): boolean {
  return type === 'int64' || type === 'uint64' || type === 'timestamp';
}

function shared(values: readonly unknown[], width: number): SharedArrayBuffer {
  return new SharedArrayBuffer(values.length * width);
}

function fill<A extends Int32Array | Uint32Array | Float64Array>(
  to: A,
  values: readonly unknown[],
): A {
  for (let i = 0; i < values.length; i++) to[i] = Number(values[i]);
  return to;
}

function fillBig<A extends BigInt64Array | BigUint64Array>(to: A, values: readonly unknown[]): A {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    to[i] = typeof value === 'bigint' ? value : 0n;
  }
  return to;
}

class BytesBuilder implements ColumnBuilder {
  readonly #field: Field;
  readonly #nulls: Nulls;
  #ends: number[] = [];
  #bytes = Buffer.allocUnsafe(4096);
  #size = 0;

  constructor(field: Field) {
    this.#field = field;
    this.#nulls = new Nulls(field);
  }

  append(value: Value | undefined): void {
    if (value === null || value === undefined) {
      this.#nulls.add(this.#ends.length);
    } else if (typeof value === 'string' && this.#field.type === 'utf8') {
      this.#reserve(value.length * 3);
      this.#size += this.#bytes.write(value, this.#size);
    } else if (value instanceof Uint8Array) {
      this.#reserve(value.byteLength);
      this.#bytes.set(value, this.#size);
      this.#size += value.byteLength;
    } else {
      throw misfit(this.#field, value);
    }
    this.#ends.push(this.#size);
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#size + more));
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
  }

  finish(): Column {
    const length = this.#ends.length;
    const offsets = new Int32Array(new SharedArrayBuffer((length + 1) * 4));
    offsets.set(this.#ends, 1);
    const bytes = new Uint8Array(new SharedArrayBuffer(this.#size));
    bytes.set(this.#bytes.subarray(0, this.#size));
    this.#ends = [];
    this.#size = 0;
    const validity = this.#nulls.finish(length);
    return this.#field.type === 'utf8'
      ? new Utf8Column(offsets, bytes, validity)
      : new BinaryColumn(offsets, bytes, validity);
  }
}

class DictionaryBuilder implements ColumnBuilder {
  readonly #field: Field;
  readonly #nulls: Nulls;
  readonly #words: readonly string[];
  readonly #codes: ReadonlyMap<string, number>;
  #rows: number[] = [];

  constructor(field: Field) {
    this.#field = field;
    this.#nulls = new Nulls(field);
    this.#words = field.values ?? [];
    this.#codes = new Map(this.#words.map((word, code) => [word, code]));
  }

  append(value: Value | undefined): void {
    const code = typeof value === 'string' ? this.#codes.get(value) : undefined;
    if (code !== undefined) {
      this.#rows.push(code);
    } else if (value === null || value === undefined) {
      this.#nulls.add(this.#rows.length);
      this.#rows.push(0);
    } else {
      throw misfit(this.#field, value);
    }
  }

  finish(): Column {
    const codes = new Uint8Array(new SharedArrayBuffer(this.#rows.length));
    codes.set(this.#rows);
    this.#rows = [];
    return new DictionaryColumn(codes, this.#words, this.#nulls.finish(codes.length));
  }
}
