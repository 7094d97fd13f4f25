/**
 * Structs in Thrift's compact protocol, as bytes: read where something is asked of them, changed by
 * replacing the values of fields, and copied as they are everywhere else.
 * Source: thrift-compact-protocol.md of https://github.com/apache/thrift.
 */

export const STOP = 0;
export const BINARY = 8;
const LIST = 9;
const SET = 10;
export const STRUCT = 12;

/** A field of a struct. Of a boolean the type tells all, and `value` is empty. */
export interface RawField {
  readonly id: number;
  readonly type: number;
  /** As it is encoded, without the header of the field. */
  readonly value: Buffer;
}

/** The fields of a struct, in their order. */
export function fieldsOf(struct: Buffer): readonly RawField[] {
  const reader = new CompactReader(struct);
  const fields: RawField[] = [];
  for (let field = reader.field(0); field.type !== STOP; field = reader.field(field.id)) {
    const start = reader.at;
    reader.skip(field.type);
    fields.push({ ...field, value: struct.subarray(start, reader.at) });
  }
  return fields;
}

/** The elements of a list of anything but booleans, each as it is encoded. */
export function elementsOf(list: Buffer): readonly Buffer[] {
  const reader = new CompactReader(list);
  const { count, type } = reader.list();
  return Array.from({ length: count }, () => {
    const start = reader.at;
    reader.skip(type, true);
    return list.subarray(start, reader.at);
  });
}

/** A struct of these fields, whose ids ascend. */
export function encodeStruct(fields: readonly RawField[]): Buffer {
  let last = 0;
  const pieces = fields.flatMap(({ id, type, value }) => {
    const delta = id - last;
    last = id;
    const isShort = delta > 0 && delta <= 15;
    return [isShort ? Buffer.from([(delta << 4) | type]) : longHeader(id, type), value];
  });
  return Buffer.concat([...pieces, Buffer.from([STOP])]);
}

function longHeader(id: number, type: number): Buffer {
  return Buffer.concat([Buffer.from([type]), encodeInteger(id)]);
}

/**
 * A struct with some of its fields changed.
 * @param changes by id, what becomes of a value where there is one; null takes the field away
 */
export function withFields(
  struct: Buffer,
  changes: Readonly<Record<number, (value: Buffer) => Buffer | null>>,
): Buffer {
  return encodeStruct(
    fieldsOf(struct).flatMap((field) => {
      const change = changes[field.id];
      const value = change === undefined ? field.value : change(field.value);
      return value === null ? [] : [{ ...field, value }];
    }),
  );
}

/** An integer of 16, 32 or 64 bits. Exact up to 2^52, which is more than any place in a file. */
export function integerOf(value: Buffer): number {
  const zigzag = new CompactReader(value).varint();
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}

export function encodeInteger(value: number): Buffer {
  return varint(value >= 0 ? value * 2 : -value * 2 - 1);
}

export function encodeStructs(structs: readonly Buffer[]): Buffer {
  return Buffer.concat([listHeader(STRUCT, structs.length), ...structs]);
}

export function listHeader(type: number, count: number): Buffer {
  return count < 15
    ? Buffer.from([(count << 4) | type])
    : Buffer.concat([Buffer.from([0xf0 | type]), varint(count)]);
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}

/** Walks over structs of the compact protocol without reading what is in them. */
export class CompactReader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  field(previous: number): { id: number; type: number } {
    const byte = this.#bytes.readUInt8(this.at++);
    const type = byte & 0x0f;
    if (type === STOP) return { id: previous, type };
    const delta = byte >> 4;
    return { id: delta === 0 ? this.varint() / 2 : previous + delta, type };
  }

  text(): string {
    const length = this.varint();
    const start = this.at;
    this.at += length;
    return this.#bytes.toString('utf8', start, this.at);
  }

  list(): { count: number; type: number } {
    const byte = this.#bytes.readUInt8(this.at++);
    return { count: byte >> 4 === 15 ? this.varint() : byte >> 4, type: byte & 0x0f };
  }

  skip(type: number, inList = false): void {
    switch (type) {
      case 1:
      case 2: // true and false are told by the type, but take a byte in a list
        this.at += inList ? 1 : 0;
        return;
      case 3:
        this.at += 1;
        return;
      case 4:
      case 5:
      case 6:
        this.varint();
        return;
      case 7:
        this.at += 8;
        return;
      case BINARY: {
        const length = this.varint();
        this.at += length;
        return;
      }
      case LIST:
      case SET: {
        const { count, type: element } = this.list();
        for (let i = 0; i < count; i++) this.skip(element, true);
        return;
      }
      case STRUCT:
        for (let field = this.field(0); field.type !== STOP; field = this.field(field.id)) {
          this.skip(field.type);
        }
        return;
      default:
        throw new Error(`The footer has a field of unknown type ${type}.`);
    }
  }

  /** Exact up to 2^53, which is more than any count or length; longer ones are only skipped. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes.readUInt8(this.at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}
