import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { OutputFile } from '@pwalk/core/io';
import {
  elementsOf,
  encodeInteger,
  encodeStructs,
  fieldsOf,
  integerOf,
  listHeader,
  STRUCT,
  withFields,
} from './compact-protocol.js';
import type { WrittenFile } from './encoder.js';
import { encodePairs, footerPairs, KEY_VALUE_METADATA } from './footer-metadata.js';
import { readAt, readFooter } from './read-footer.js';

const MAGIC = Buffer.from('PAR1');
/** Bytes that are copied at a time. */
const COPIED_AT_ONCE = 1 << 20;

// Fields of the structs of parquet.thrift that say where something is, or how much there is of it.
const FILE = { schema: 2, rows: 3, groups: 4 };
const GROUP = { chunks: 1, start: 5, ordinal: 7 };
const CHUNK = { start: 2, metadata: 3, offsetsAt: 4, offsetsLength: 5, boundsAt: 6 };
const BOUNDS_LENGTH = 7;
const METADATA_POSITIONS = [9, 10, 11, 14];
const OFFSETS = { pages: 1, position: 1 };

/** Where the page index of a column chunk has come to be; `bounds` is 0 where it has none. */
interface IndexPlace {
  readonly bounds: number;
  offsets: number;
  offsetsLength: number;
}

/**
 * Puts Parquet files of one schema together into one, row group by row group: the bytes of the columns are
 * copied as they are, and what points to them is moved. Bounds of all pages, then places of all pages, as in
 * any file of ours. In memory are the new footer, that of one file at a time, and a megabyte of what is copied.
 *
 * @param output open, and empty; its owner publishes or discards it
 * @param metadata key-value pairs instead of those of the first file that have the same key, and more
 * @param signal ends it between two pieces, with the signal's reason
 * @throws Error when a file is none of Parquet, or has other columns; PwalkError of the output
 */
export async function joinFiles(
  paths: readonly string[],
  output: OutputFile,
  metadata: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<WrittenFile> {
  const shifts: number[] = [];
  let rows = 0;
  let schema: Buffer | null = null;
  await output.write(MAGIC);
  for (const path of paths) {
    await withPiece(path, async (piece) => {
      schema ??= piece.schema;
      if (!schema.equals(piece.schema)) throw new Error(`"${path}" has other columns`);
      const shift = output.bytes - MAGIC.length;
      shifts.push(shift);
      rows += piece.rows;
      await copy(piece, output, signal);
    });
  }
  const places = await copyPageIndexes(paths, shifts, output, signal);
  await writeFooter(paths, shifts, places, { rows, metadata }, output);
  return { rows, bytes: output.bytes };
}

/** One of the files, open. */
interface Piece {
  readonly file: FileHandle;
  readonly footer: Buffer;
  readonly schema: Buffer;
  readonly rows: number;
  /** Each group's columns, as ColumnChunks. */
  readonly groups: readonly { readonly group: Buffer; readonly chunks: readonly Buffer[] }[];
  /** Where the page index begins, or the footer: all before it is columns. */
  readonly columnsEnd: number;
}

async function withPiece(path: string, use: (piece: Piece) => Promise<void>): Promise<void> {
  const file = await open(path, constants.O_RDONLY);
  try {
    const { bytes, start } = await readFooter(file, (await file.stat()).size);
    const groups = elementsOf(fieldOf(bytes, FILE.groups)).map((group) => ({
      group,
      chunks: elementsOf(fieldOf(group, GROUP.chunks)),
    }));
    const indexes = groups.flatMap(({ chunks }) =>
      chunks.flatMap((chunk) => [
        numberOf(chunk, CHUNK.offsetsAt),
        numberOf(chunk, CHUNK.boundsAt),
      ]),
    );
    await use({
      file,
      footer: bytes,
      schema: fieldOf(bytes, FILE.schema),
      rows: numberOf(bytes, FILE.rows),
      groups,
      columnsEnd: indexes.reduce((least, at) => (at > 0 && at < least ? at : least), start),
    });
  } finally {
    await file.close();
  }
}

async function copy({ file, columnsEnd }: Piece, output: OutputFile, signal?: AbortSignal) {
  for (let at = MAGIC.length; at < columnsEnd; at += COPIED_AT_ONCE) {
    signal?.throwIfAborted();
    await output.write(await readAt(file, at, Math.min(COPIED_AT_ONCE, columnsEnd - at)));
  }
}

/** Copies bounds as they are, then places, moved as the pages were. */
async function copyPageIndexes(
  paths: readonly string[],
  shifts: readonly number[],
  output: OutputFile,
  signal?: AbortSignal,
): Promise<readonly IndexPlace[]> {
  const places: IndexPlace[] = [];
  for (const path of paths) {
    await withPiece(path, async ({ file, groups }) => {
      for (const { chunks } of groups) {
        signal?.throwIfAborted();
        const written: Buffer[] = [];
        let at = output.bytes;
        for (const chunk of chunks) {
          const bounds = await indexOf(file, chunk, CHUNK.boundsAt, BOUNDS_LENGTH);
          places.push({ bounds: bounds === null ? 0 : at, offsets: 0, offsetsLength: 0 });
          written.push(bounds ?? Buffer.alloc(0));
          at += bounds?.length ?? 0;
        }
        await output.write(Buffer.concat(written));
      }
    });
  }
  const next = places.values();
  for (const [number, path] of paths.entries()) {
    await withPiece(path, async ({ file, groups }) => {
      for (const { chunks } of groups) {
        signal?.throwIfAborted();
        const written: Buffer[] = [];
        let at = output.bytes;
        for (const chunk of chunks) {
          const offsets = await indexOf(file, chunk, CHUNK.offsetsAt, CHUNK.offsetsLength);
          const place = next.next().value;
          if (offsets === null || place === undefined) continue;
          const moved = movedPages(offsets, shifts[number] ?? 0);
          place.offsets = at;
          place.offsetsLength = moved.length;
          written.push(moved);
          at += moved.length;
        }
        await output.write(Buffer.concat(written));
      }
    });
  }
  return places;
}

async function indexOf(file: FileHandle, chunk: Buffer, at: number, length: number) {
  const position = numberOf(chunk, at);
  return position === 0 ? null : readAt(file, position, numberOf(chunk, length));
}

/** OffsetIndex: pages and where each begins. */
function movedPages(index: Buffer, shift: number): Buffer {
  return withFields(index, {
    [OFFSETS.pages]: (pages) =>
      encodeStructs(
        elementsOf(pages).map((page) => withFields(page, { [OFFSETS.position]: moved(shift) })),
      ),
  });
}

async function writeFooter(
  paths: readonly string[],
  shifts: readonly number[],
  places: readonly IndexPlace[],
  { rows, metadata }: { rows: number; metadata: ReadonlyMap<string, string> },
  output: OutputFile,
): Promise<void> {
  const start = output.bytes;
  const next = places.values();
  let head: Buffer = Buffer.alloc(0);
  let count = 0;
  const groups: Buffer[] = [];
  for (const [number, path] of paths.entries()) {
    const shift = shifts[number] ?? 0;
    await withPiece(path, async (piece) => {
      if (number === 0) head = piece.footer;
      count += piece.groups.length;
      for (const { group, chunks } of piece.groups) {
        groups.push(
          withFields(group, {
            [GROUP.chunks]: () =>
              encodeStructs(chunks.map((chunk) => movedChunk(chunk, shift, next.next().value))),
            [GROUP.start]: moved(shift),
            // A number of 16 bits, of which nothing that is not encrypted makes use.
            [GROUP.ordinal]: () => null,
          }),
        );
      }
    });
  }
  const footer = withFields(head, {
    [FILE.rows]: () => encodeInteger(rows),
    [FILE.groups]: () => Buffer.concat([listHeader(STRUCT, count), ...groups]),
    [KEY_VALUE_METADATA]: () => encodePairs(new Map([...footerPairs(head), ...metadata])),
  });
  await output.write(footer);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(output.bytes - start);
  await output.write(Buffer.concat([length, MAGIC]));
}

function movedChunk(chunk: Buffer, shift: number, place: IndexPlace | undefined): Buffer {
  const positions = METADATA_POSITIONS.map((id) => [id, moved(shift)] as const);
  return withFields(chunk, {
    [CHUNK.start]: moved(shift),
    [CHUNK.metadata]: (value) => withFields(value, Object.fromEntries(positions)),
    [CHUNK.offsetsAt]: () => encodeInteger(place?.offsets ?? 0),
    [CHUNK.offsetsLength]: () => encodeInteger(place?.offsetsLength ?? 0),
    [CHUNK.boundsAt]: () => encodeInteger(place?.bounds ?? 0),
  });
}

/** A place in a file, moved; 0 is none, as the file begins with its magic. */
function moved(shift: number): (value: Buffer) => Buffer {
  return (value) => {
    const place = integerOf(value);
    return place === 0 ? value : encodeInteger(place + shift);
  };
}

/** @throws Error when the struct has no such field */
function fieldOf(struct: Buffer, id: number): Buffer {
  const field = fieldsOf(struct).find((one) => one.id === id);
  if (field === undefined) throw new Error('its footer lacks what every Parquet file has');
  return field.value;
}

/** The integer in a field; 0 where there is no such field. */
function numberOf(struct: Buffer, id: number): number {
  const field = fieldsOf(struct).find((one) => one.id === id);
  return field === undefined ? 0 : integerOf(field.value);
}
