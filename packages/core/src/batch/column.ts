import type { ColumnType } from '../schema/field.js';

/**
 * Columns are Arrow memory: values, offsets and validity bitmaps laid out as the Arrow columnar
 * format says (https://arrow.apache.org/docs/format/Columnar.html), so that Arrow, native encoders
 * and worker threads read them without a copy. They are read-only by contract: the same memory may
 * be read by several stages and threads at once.
 *
 * `get(row)` is for convenience; loops over many rows read `values` (or `offsets` and `bytes`).
 */
abstract class ColumnBase<T> {
  abstract readonly type: ColumnType;
  readonly length: number;
  /** One bit per row, least significant first, 1 where there is a value; null when no row is null. */
  readonly validity: Uint8Array | null;

  constructor(length: number, validity: Uint8Array | null) {
    this.length = length;
    this.validity = validity;
  }

  isNull(row: number): boolean {
    return this.validity !== null && ((this.validity[row >> 3] >> (row & 7)) & 1) === 0;
  }

  /** The value of one row, null where it is null. */
  get(row: number): T | null {
    return this.isNull(row) ? null : this.value(row);
  }

  protected abstract value(row: number): T;

  /** The rows named by `rows`, copied into a new column. */
  abstract gather(rows: Uint32Array): ColumnBase<T>;

  protected gatherValidity(rows: Uint32Array): Uint8Array | null {
    const from = this.validity;
    if (from === null) return null;
    const to = new Uint8Array(new SharedArrayBuffer((rows.length + 7) >> 3));
    let nulls = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i];
      if ((from[row >> 3] >> (row & 7)) & 1) to[i >> 3] |= 1 << (i & 7);
      else nulls++;
    }
    return nulls === 0 ? null : to;
  }
}

/** Numbers that fit a double. `values[row]` is undefined behaviour where `isNull(row)`. */
export class NumberColumn extends ColumnBase<number> {
  readonly type: 'int32' | 'uint32' | 'float64';
  readonly values: Int32Array | Uint32Array | Float64Array;

  constructor(
    type: 'int32' | 'uint32' | 'float64',
    values: Int32Array | Uint32Array | Float64Array,
    validity: Uint8Array | null = null,
  ) {
    super(values.length, validity);
    this.type = type;
    this.values = values;
  }

  protected value(row: number): number {
    return this.values[row];
  }

  gather(rows: Uint32Array): NumberColumn {
    const bytes = new SharedArrayBuffer(rows.length * this.values.BYTES_PER_ELEMENT);
    const to =
      this.type === 'int32'
        ? new Int32Array(bytes)
        : this.type === 'uint32'
          ? new Uint32Array(bytes)
          : new Float64Array(bytes);
    for (let i = 0; i < rows.length; i++) to[i] = this.values[rows[i]];
    return new NumberColumn(this.type, to, this.gatherValidity(rows));
  }
}

/** 64-bit integers: inodes, sizes, and times in microseconds since 1970-01-01 UTC. */
export class BigIntColumn extends ColumnBase<bigint> {
  readonly type: 'int64' | 'uint64' | 'timestamp';
  readonly values: BigInt64Array | BigUint64Array;

  constructor(
    type: 'int64' | 'uint64' | 'timestamp',
    values: BigInt64Array | BigUint64Array,
    validity: Uint8Array | null = null,
  ) {
    super(values.length, validity);
    this.type = type;
    this.values = values;
  }

  protected value(row: number): bigint {
    return this.values[row];
  }

  gather(rows: Uint32Array): BigIntColumn {
    const bytes = new SharedArrayBuffer(rows.length * 8);
    // Copied as doubles' worth of bits would be faster still, but BigInt typed arrays need no care for NaN.
    const to = this.type === 'uint64' ? new BigUint64Array(bytes) : new BigInt64Array(bytes);
    for (let i = 0; i < rows.length; i++) to[i] = this.values[rows[i]];
    return new BigIntColumn(this.type, to, this.gatherValidity(rows));
  }
}

/** Booleans, one bit per row, least significant first. */
export class BoolColumn extends ColumnBase<boolean> {
  readonly type = 'bool';
  readonly bits: Uint8Array;

  constructor(length: number, bits: Uint8Array, validity: Uint8Array | null = null) {
    super(length, validity);
    this.bits = bits;
  }

  protected value(row: number): boolean {
    return ((this.bits[row >> 3] >> (row & 7)) & 1) === 1;
  }

  gather(rows: Uint32Array): BoolColumn {
    const to = new Uint8Array(new SharedArrayBuffer((rows.length + 7) >> 3));
    for (let i = 0; i < rows.length; i++) if (this.value(rows[i])) to[i >> 3] |= 1 << (i & 7);
    return new BoolColumn(rows.length, to, this.gatherValidity(rows));
  }
}

/** Text or bytes of any length: row `i` is `bytes[offsets[i] .. offsets[i + 1]]`. */
abstract class VariableColumn<T> extends ColumnBase<T> {
  /** `length + 1` ascending positions in `bytes`. */
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;

  constructor(offsets: Int32Array, bytes: Uint8Array, validity: Uint8Array | null = null) {
    super(offsets.length - 1, validity);
    this.offsets = offsets;
    this.bytes = bytes;
  }

  /** The bytes of one row, a view; empty where the row is null. */
  bytesAt(row: number): Uint8Array {
    return this.bytes.subarray(this.offsets[row], this.offsets[row + 1]);
  }

  protected gatherBytes(rows: Uint32Array): { offsets: Int32Array; bytes: Uint8Array } {
    const offsets = new Int32Array(new SharedArrayBuffer((rows.length + 1) * 4));
    let size = 0;
    for (let i = 0; i < rows.length; i++) {
      size += this.offsets[rows[i] + 1] - this.offsets[rows[i]];
      offsets[i + 1] = size;
    }
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (let i = 0; i < rows.length; i++) bytes.set(this.bytesAt(rows[i]), offsets[i]);
    return { offsets, bytes };
  }
}

/** Text, always valid UTF-8. */
export class Utf8Column extends VariableColumn<string> {
  readonly type = 'utf8';
  readonly #text: Buffer;

  constructor(offsets: Int32Array, bytes: Uint8Array, validity: Uint8Array | null = null) {
    super(offsets, bytes, validity);
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  protected value(row: number): string {
    return this.#text.toString('utf8', this.offsets[row], this.offsets[row + 1]);
  }

  gather(rows: Uint32Array): Utf8Column {
    const { offsets, bytes } = this.gatherBytes(rows);
    return new Utf8Column(offsets, bytes, this.gatherValidity(rows));
  }
}

/** Bytes. */
export class BinaryColumn extends VariableColumn<Uint8Array> {
  readonly type = 'binary';

  protected value(row: number): Uint8Array {
    return this.bytesAt(row);
  }

  gather(rows: Uint32Array): BinaryColumn {
    const { offsets, bytes } = this.gatherBytes(rows);
    return new BinaryColumn(offsets, bytes, this.gatherValidity(rows));
  }
}

/** Words out of a short, fixed vocabulary. */
export class DictionaryColumn extends ColumnBase<string> {
  readonly type = 'dictionary';
  /** Positions in `words`, one byte per row. */
  readonly codes: Uint8Array;
  /** The vocabulary, the same array for every batch of a scan. */
  readonly words: readonly string[];

  constructor(codes: Uint8Array, words: readonly string[], validity: Uint8Array | null = null) {
    super(codes.length, validity);
    this.codes = codes;
    this.words = words;
  }

  protected value(row: number): string {
    return this.words[this.codes[row]];
  }

  gather(rows: Uint32Array): DictionaryColumn {
    const to = new Uint8Array(new SharedArrayBuffer(rows.length));
    for (let i = 0; i < rows.length; i++) to[i] = this.codes[rows[i]];
    return new DictionaryColumn(to, this.words, this.gatherValidity(rows));
  }
}

export type Column =
  | NumberColumn
  | BigIntColumn
  | BoolColumn
  | Utf8Column
  | BinaryColumn
  | DictionaryColumn;
