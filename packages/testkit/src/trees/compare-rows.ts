import { decodeName, escapeText } from '@pwalk/core';
import type { ExpectedRow } from './expected-rows.js';

/** A row of the entries table: by column, with numbers as number, bigint or decimal text. */
export type Row = Readonly<Record<string, unknown>>;

/** Differences that are written out, and characters of a path in one. */
const MOST = 50;
const LONGEST = 300;

/**
 * Compares the rows of a walk with those expected, in any order, in every column that the rows have.
 * Returns one sentence per difference, none when the walk is right; safe to print.
 * @param ignore columns not to compare, as `atime` after something read the directories
 */
export function compareRows(
  expected: readonly ExpectedRow[],
  rows: Iterable<Row>,
  { ignore = [] }: { readonly ignore?: readonly string[] } = {},
): string[] {
  const differences: string[] = [];
  const missing = new Map(expected.map((row) => [row.entry.path.toString('latin1'), row]));
  const seen = new Set<string>();
  for (const row of rows) {
    const path = pathOf(row);
    const key = path.toString('latin1');
    const want = missing.get(key);
    if (want === undefined) {
      const what = seen.has(key) ? 'is there twice' : 'is not in the tree';
      differences.push(`${shown(path)} ${what}`);
      continue;
    }
    missing.delete(key);
    seen.add(key);
    for (const [column, value] of Object.entries(valuesOf(want, row))) {
      if (!(column in row) || ignore.includes(column)) continue;
      const got = exact(row[column]);
      if (got === value) continue;
      differences.push(`${shown(path)}: ${column} is ${got}, not ${value}`);
    }
  }
  for (const { entry } of missing.values()) differences.push(`${shown(entry.path)} is missing`);
  const more = differences.length - MOST;
  return more > 0 ? [...differences.slice(0, MOST), `and ${more} more`] : differences;
}

function shown(path: Buffer): string {
  const text = escapeText(path);
  return text.length <= LONGEST ? text : `${text.slice(0, 100)} … ${text.slice(100 - LONGEST)}`;
}

/** The exact bytes of a row's path. */
function pathOf({ path, path_raw: raw }: Row): Buffer {
  return raw instanceof Uint8Array ? Buffer.from(raw) : Buffer.from(String(path));
}

type Comparable = bigint | string | boolean | null;

/** A value of a row in the form expected ones have: numbers, also as text, are bigints. */
function exact(value: unknown): Comparable {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(value);
  const text = String(value);
  return /^-?\d+$/.test(text) ? BigInt(text) : text;
}

function valuesOf(expected: ExpectedRow, row: Row): Record<string, Comparable> {
  const { entry, parentInode, stat, listing, state, errno, operation } = expected;
  // Who may not look at an entry knows its type only where the directory says it.
  const type = stat === null && row.type === 'unknown' ? 'unknown' : entry.type;
  return {
    name: exact(decodeName(entry.name).text),
    type,
    parent_inode: parentInode,
    depth: BigInt(entry.depth),
    inode: stat?.inode ?? null,
    dev: stat?.dev ?? null,
    mode: stat?.mode ?? null,
    uid: stat?.uid ?? null,
    gid: stat?.gid ?? null,
    size: stat?.size ?? null,
    blocks: stat?.blocks ?? null,
    nlink: stat?.nlink ?? null,
    is_hardlink: stat === null ? null : type !== 'directory' && stat.nlink > 1n,
    atime: stat === null ? null : microseconds(stat.atime),
    mtime: stat === null ? null : microseconds(stat.mtime),
    ctime: stat === null ? null : microseconds(stat.ctime),
    file_count: listing?.entries ?? null,
    dir_sum: listing === null ? null : saturated(listing.bytes),
    state,
    errno: errno === null ? null : BigInt(errno),
    operation,
  };
}

/** Nanoseconds to microseconds, towards the past; what 64 bits do not hold is the first or last they do. */
function microseconds(ns: bigint): bigint {
  const floor = ns / 1000n - (ns % 1000n < 0n ? 1n : 0n);
  const last = 2n ** 63n - 1n;
  return floor > last ? last : floor < -last ? -last - 1n : floor;
}

function saturated(bytes: bigint): bigint {
  const most = 2n ** 64n - 1n;
  return bytes > most ? most : bytes;
}
