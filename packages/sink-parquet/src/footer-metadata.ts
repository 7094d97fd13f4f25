/**
 * The key-value pairs in the footer of a finished Parquet file: reading them, and adding some.
 *
 * A file ends in FileMetaData (a struct in Thrift's compact protocol), its length in four bytes, and
 * `PAR1`; field 5 of FileMetaData is the list of pairs. Nothing in a file points into its footer, so
 * the footer may grow.
 * Source: parquet.thrift of https://github.com/apache/parquet-format.
 */

import { BINARY, CompactReader, listHeader, STOP, STRUCT, varint } from './compact-protocol.js';

/** The last 8 bytes: length and magic. */
export const TRAILER = 8;
export const KEY_VALUE_METADATA = 5;

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
    listHeader(STRUCT, count + pairs.size),
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

/** A list of pairs, as the footer has it. */
export function encodePairs(pairs: ReadonlyMap<string, string>): Buffer {
  return Buffer.concat([
    listHeader(STRUCT, pairs.size),
    ...[...pairs].flatMap(([key, value]) => encodePair(key, value)),
  ]);
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
