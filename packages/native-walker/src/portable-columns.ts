import { type BigIntStats, constants, type Dirent } from 'node:fs';
import type { EntryType, Value } from '@pwalk/core';

/** The columns a stat fills, but for the type. */
export function statColumns(stat: BigIntStats): Record<string, Value> {
  return {
    inode: stat.ino,
    dev: stat.dev,
    mode: Number(stat.mode),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: stat.size,
    blocks: stat.blocks,
    nlink: Number(stat.nlink),
    is_hardlink: !stat.isDirectory() && stat.nlink > 1n,
    ...Object.fromEntries(timesOf(stat).map(([column, time]) => [column, clamp(time)])),
  };
}

/** Times in microseconds; no birth where the file system keeps none. */
export function timesOf(stat: BigIntStats): [name: string, time: bigint][] {
  const { atimeNs, mtimeNs, ctimeNs, birthtimeNs } = stat;
  const times: [string, bigint][] = [
    ['atime', microseconds(atimeNs)],
    ['mtime', microseconds(mtimeNs)],
    ['ctime', microseconds(ctimeNs)],
  ];
  return birthtimeNs === 0n ? times : [...times, ['btime', microseconds(birthtimeNs)]];
}

/** Nanoseconds to microseconds, towards the past. */
function microseconds(ns: bigint): bigint {
  return (ns - (((ns % 1000n) + 1000n) % 1000n)) / 1000n;
}

/** A time that 64 bits do not hold is the first or last they do. */
function clamp(time: bigint): bigint {
  const last = 2n ** 63n - 1n;
  return time > last ? last : time < -last ? -last - 1n : time;
}

export function isClamped(time: bigint): boolean {
  return clamp(time) !== time;
}

const typesByMode = new Map<bigint, EntryType>([
  [BigInt(constants.S_IFREG), 'file'],
  [BigInt(constants.S_IFDIR), 'directory'],
  [BigInt(constants.S_IFLNK), 'symlink'],
  [BigInt(constants.S_IFIFO), 'fifo'],
  [BigInt(constants.S_IFSOCK), 'socket'],
  [BigInt(constants.S_IFBLK), 'block'],
  [BigInt(constants.S_IFCHR), 'char'],
]);

export function typeOf({ mode }: BigIntStats): EntryType {
  return typesByMode.get(mode & BigInt(constants.S_IFMT)) ?? 'unknown';
}

/** What a directory says of one of its entries. */
export function typeListed(listed: Dirent): EntryType {
  if (listed.isFile()) return 'file';
  if (listed.isDirectory()) return 'directory';
  if (listed.isSymbolicLink()) return 'symlink';
  if (listed.isFIFO()) return 'fifo';
  if (listed.isSocket()) return 'socket';
  if (listed.isBlockDevice()) return 'block';
  return listed.isCharacterDevice() ? 'char' : 'unknown';
}
