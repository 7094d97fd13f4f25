import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  BatchBuilder,
  type EntryBatch,
  type EntrySchema,
  type Field,
  fullEntrySchema,
  type Value,
} from '@pwalk/core';

/** Rows of each batch: more than a byte of validity bits, a whole number of them, and one. */
const SIZES = [100, 64, 1];

/**
 * Batches of made-up entries with every column of the entries table: names of every length and
 * alphabet, the largest numbers, nulls where a column allows them.
 */
export function sampleBatches(schema: EntrySchema = fullEntrySchema): EntryBatch[] {
  let row = 0;
  return SIZES.map((size) => {
    const builder = new BatchBuilder(schema);
    for (const end = row + size; row < end; row++) builder.append(sampleRow(schema, row));
    return builder.finish();
  });
}

function sampleRow(schema: EntrySchema, row: number): Record<string, Value> {
  return Object.fromEntries(schema.fields.map((field) => [field.name, sampleValue(field, row)]));
}

const names = [
  'a',
  'file.txt',
  'with space',
  'quote".csv',
  'größe.dat',
  '日本語',
  '=1+1',
  'x'.repeat(255),
];

function sampleValue(field: Field, row: number): Value {
  if (field.nullable && row % 7 === 3) return null;
  switch (field.type) {
    case 'utf8':
      return field.name === 'path' ? `/sample/${row}/${names[row % 8]}` : (names[row % 8] ?? '');
    case 'binary':
      return Uint8Array.of(0xff, row & 0xff);
    case 'bool':
      return row % 2 === 0;
    case 'int32':
      return row % 5;
    case 'uint32':
      return row % 3 === 0 ? 4_294_967_294 : 0o100644;
    case 'float64':
      return row / 4;
    case 'int64':
    case 'timestamp':
      return BigInt(row) * 1_000_000_007n;
    case 'uint64':
      return row % 11 === 5 ? 18_446_744_073_709_551_615n : BigInt(row) * 4096n;
    case 'dictionary':
      return field.values?.[row % field.values.length] ?? '';
  }
}

/** One batch with a row for everything below a directory that is there: for actions, which act on it. */
export function treeBatches(
  directory: string,
  schema: EntrySchema = fullEntrySchema,
): EntryBatch[] {
  const builder = new BatchBuilder(schema);
  const visit = (path: string, depth: number, parent: bigint): void => {
    const stats = lstatSync(path, { bigint: true });
    const micros = (nanoseconds: bigint) => nanoseconds / 1000n;
    builder.append({
      path,
      name: basename(path),
      ext: '',
      type: stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'symlink',
      inode: stats.ino,
      parent_inode: parent,
      dev: stats.dev,
      depth,
      mode: Number(stats.mode),
      uid: Number(stats.uid),
      gid: Number(stats.gid),
      size: stats.size,
      blocks: stats.blocks,
      nlink: Number(stats.nlink),
      is_hardlink: false,
      atime: micros(stats.atimeNs),
      mtime: micros(stats.mtimeNs),
      ctime: micros(stats.ctimeNs),
      btime: micros(stats.birthtimeNs),
      state: 'ok',
      operation: 'none',
    });
    if (stats.isDirectory())
      for (const name of readdirSync(path).sort()) visit(join(path, name), depth + 1, stats.ino);
  };
  visit(directory, -1, 0n);
  return [builder.finish()];
}
