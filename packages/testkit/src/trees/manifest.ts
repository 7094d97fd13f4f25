import { type BigIntStats, constants, fstatSync, lstatSync } from 'node:fs';
import type { EntryType } from '@pwalk/core';
import { OpenDirectory } from './open-directory.js';
import type { Planted } from './planted.js';

/** What lstat says, every number exact. */
export interface EntryStat {
  readonly inode: bigint;
  readonly dev: bigint;
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly size: bigint;
  readonly blocks: bigint;
  readonly nlink: bigint;
  /** Nanoseconds since 1970, negative before. */
  readonly atime: bigint;
  readonly mtime: bigint;
  readonly ctime: bigint;
}

/** An entry that a correct walk sees. */
export interface ManifestEntry {
  /** Exact bytes, beginning with the root as it was built. */
  readonly path: Buffer;
  readonly name: Buffer;
  readonly type: EntryType;
  readonly stat: EntryStat;
  /** A root is -1, its entries 0. */
  readonly depth: number;
  /** Place in the manifest of the directory that holds it; -1 for the root. */
  readonly parent: number;
  /** Of a directory: how many entries it has, and their apparent bytes. Null of everything else. */
  readonly listing: { entries: bigint; bytes: bigint } | null;
}

/**
 * Looks at everything that was planted. Two descriptors are open at a time for each level that has
 * directories left to look into, so a chain costs two, however long.
 */
export function readManifest(root: Planted): ManifestEntry[] {
  const top = OpenDirectory.at(root.name);
  const manifest = [entryOf(root, [], -1, exactStat(fstatSync(top.fd, { bigint: true })))];
  const stack = [{ open: top, left: look(top, { planted: root, place: 0 }, manifest) }];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const next = level.left.pop();
    const inner = next === undefined ? null : level.open.open(next.planted.name);
    if (level.left.length === 0) {
      level.open.close();
      stack.pop();
    }
    if (next === undefined || inner === null) continue;
    stack.push({ open: inner, left: look(inner, next, manifest) });
  }
  return manifest;
}

interface Found {
  readonly planted: Planted;
  /** In the manifest. */
  readonly place: number;
}

/** Adds the entries of one directory to the manifest and returns the directories among them. */
function look(open: OpenDirectory, { planted, place }: Found, manifest: ManifestEntry[]): Found[] {
  const { listing } = manifest[place];
  const found: Found[] = [];
  for (const child of planted.children ?? []) {
    const stat = exactStat(lstatSync(open.entry(child.name), { bigint: true }));
    if (child.children !== null) found.push({ planted: child, place: manifest.length });
    manifest.push(entryOf(child, manifest, place, stat));
    if (listing === null) continue;
    listing.entries += 1n;
    listing.bytes += stat.size;
  }
  return found;
}

function entryOf(
  { name, children }: Planted,
  manifest: readonly ManifestEntry[],
  parent: number,
  stat: EntryStat,
): ManifestEntry {
  const isRoot = parent < 0;
  return {
    path: isRoot ? name : Buffer.concat([manifest[parent].path, Buffer.from('/'), name]),
    name: isRoot ? name.subarray(name.lastIndexOf('/') + 1) : name,
    type: typesByMode.get(stat.mode & BigInt(constants.S_IFMT)) ?? 'unknown',
    stat,
    depth: isRoot ? -1 : manifest[parent].depth + 1,
    parent,
    listing: children === null ? null : { entries: 0n, bytes: 0n },
  };
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

function exactStat(stat: BigIntStats): EntryStat {
  // Node gives inode numbers from 2^63 on as negative ones.
  const unsigned = (value: bigint) => BigInt.asUintN(64, value);
  return {
    inode: unsigned(stat.ino),
    dev: unsigned(stat.dev),
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    size: unsigned(stat.size),
    blocks: unsigned(stat.blocks),
    nlink: unsigned(stat.nlink),
    atime: stat.atimeNs,
    mtime: stat.mtimeNs,
    ctime: stat.ctimeNs,
  };
}
