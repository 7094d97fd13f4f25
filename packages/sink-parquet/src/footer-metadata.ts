/**
 * The key-value pairs in the footer of a finished Parquet file: reading them, and adding some.
 *
 * A file ends in FileMetaData (a struct in Thrift's compact protocol), its length in four bytes, and
 * `PAR1`; field 5 of FileMetaData is the list of pairs. Nothing in a file points into its footer, so
 * the footer may grow.
 * Sources: parquet.thrift of https://github.com/apache/parquet-format; thrift-compact-protocol.md
 * of https://github.com/apache/thrift.
 */

/** The last 8 bytes: length and magic. */
export const TRAILER = 8;
const KEY_VALUE_METADATA = 5;
const STOP = 0;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

/**
 * `tail` with `pairs` added to its footer.
 * @param tail the end of a file, with at least the whole footer and a pair in it
 */
export function withMetadata(tail: Buffer, pairs: ReadonlyMap<string, string>): Buffer {
  const footerEnd = tail.length - TRAILER;
  const footerStart = footerEnd - tail.readUInt32LE(footerEnd);
  const footer = tail.subarray(footerStart, footerEnd);
  const { at, elements, count } = findPairs(footer);
  const grown = Buffer.concat([
    footer.subarray(0, at),
    listHeader(count + pairs.size),
    ...[...pairs].flatMap(([key, value]) => encodePair(key, value)),
    footer.subarray(elements),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(grown.length);
  return Buffer.concat([tail.subarray(0, footerStart), grown, length, tail.subarray(-4)]);
}

/** The pairs of a footer. @throws Error when it is none, or has no pairs */
export function footerPairs(footer: Buffer): ReadonlyMap<string, string> {
  const { elements, count } = findPairs(footer);
  const reader = new CompactReader(footer, elements);
  const pairs = new Map<string, string>();
  for (let i = 0; i < count; i++) {
    const words = ['', '', ''];
    for (let field = reader.field(0); field.type !== STOP; field = reader.field(field.id)) {
      if (field.type === BINARY && field.id < words.length) words[field.id] = reader.text();
      else reader.skip(field.type);
    }
    pairs.set(words[1], words[2]);
  }
  return pairs;
}

/** Where the header of the list of pairs is, where its elements begin, and how many there are. */
function findPairs(footer: Buffer): { at: number; elements: number; count: number } {
  const reader = new CompactReader(footer);
  for (let field = reader.field(0); field.type !== STOP; field = reader.field(field.id)) {
    if (field.id === KEY_VALUE_METADATA) {
      const at = reader.at;
      const { count } = reader.list();
      return { at, elements: reader.at, count };
    }
    reader.skip(field.type);
  }
  throw new Error('The footer has no list of key-value pairs to add to.');
}

function listHeader(count: number): Buffer {
  return count < 15
    ? Buffer.from([(count << 4) | STRUCT])
    : Buffer.concat([Buffer.from([0xf0 | STRUCT]), varint(count)]);
}

/** KeyValue: 1 key, 2 value. */
function encodePair(key: string, value: string): Buffer[] {
  const nextBinary = Buffer.from([(1 << 4) | BINARY]);
  const text = (words: string) => {
    const bytes = Buffer.from(words);
    return [varint(bytes.length), bytes];
  };
  return [nextBinary, ...text(key), nextBinary, ...text(value), Buffer.from([STOP])];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  bytes.push(value);
  return Buffer.from(bytes);
}

/** Walks over structs of the compact protocol without reading what is in them. */
class CompactReader {
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
    return { id: delta === 0 ? this.#varint() / 2 : previous + delta, type };
  }

  text(): string {
    const length = this.#varint();
    const start = this.at;
    this.at += length;
    return this.#bytes.toString('utf8', start, this.at);
  }

  list(): { count: number; type: number } {
    const byte = this.#bytes.readUInt8(this.at++);
    return { count: byte >> 4 === 15 ? this.#varint() : byte >> 4, type: byte & 0x0f };
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
        this.#varint();
        return;
      case 7:
        this.at += 8;
        return;
      case BINARY: {
        const length = this.#varint();
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
  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes.readUInt8(this.at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}
