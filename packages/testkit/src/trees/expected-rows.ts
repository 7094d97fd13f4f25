import { constants } from 'node:os';
import type { EntryState } from '@pwalk/core';
import type { EntryStat, ManifestEntry } from './manifest.js';

/** Who walks, and by which rules. */
export interface View {
  /** An ordinary user without further groups; default somebody who may read everything. */
  readonly as?: { readonly uid: number; readonly gid: number };
  /** The state of directories that a rule keeps the walk out of, null of those it enters. */
  readonly notEntered?: (directory: ManifestEntry) => EntryState | null;
}

/** A row that a correct walk has. */
export interface ExpectedRow {
  readonly entry: ManifestEntry;
  /** Inode of the directory that holds the entry; 0 for the root. */
  readonly parentInode: bigint;
  /** Null where the walker may not look. */
  readonly stat: EntryStat | null;
  readonly listing: { entries: bigint; bytes: bigint } | null;
  readonly state: EntryState;
  readonly errno: number | null;
  readonly operation: 'none' | 'stat' | 'open';
}

const READ = 4n;
const SEARCH = 1n;

/** The rows a correct walk has of what the manifest lists: all of them, or what a user and a rule leave. */
export function expectedRows(
  manifest: readonly ManifestEntry[],
  { as: viewer, notEntered = () => null }: View = {},
): ExpectedRow[] {
  const may = ({ stat }: ManifestEntry, what: bigint): boolean => {
    if (viewer === undefined || viewer.uid === 0) return true;
    const shift = stat.uid === BigInt(viewer.uid) ? 6n : stat.gid === BigInt(viewer.gid) ? 3n : 0n;
    return ((stat.mode >> shift) & what) === what;
  };
  const rows: ExpectedRow[] = [];
  // Directories the walk lists, and whether it may look at their entries.
  const listed = new Map<number, boolean>();
  const denied = { errno: constants.errno.EACCES, state: 'denied' } as const;
  for (const [place, entry] of manifest.entries()) {
    const { parent, stat } = entry;
    const isRoot = parent < 0;
    const seen = isRoot || listed.get(parent);
    if (seen === undefined) continue;
    const parentInode = isRoot ? 0n : manifest[parent].stat.inode;
    const as = { errno: null, state: 'ok', operation: 'none' } as const;
    const row: ExpectedRow = { entry, parentInode, stat, listing: null, ...as };
    if (!seen) {
      rows.push({ ...row, ...denied, stat: null, operation: 'stat' });
      continue;
    }
    if (entry.listing === null) {
      rows.push(row);
      continue;
    }
    const rule = isRoot ? null : notEntered(entry);
    if (rule !== null) {
      rows.push({ ...row, state: rule });
    } else if (!may(entry, READ)) {
      rows.push({ ...row, ...denied, operation: 'open' });
    } else {
      const searchable = may(entry, SEARCH);
      listed.set(place, searchable);
      // Sizes of entries one may not look at are not known.
      const { entries, bytes } = entry.listing;
      rows.push({ ...row, listing: { entries, bytes: searchable ? bytes : 0n } });
    }
  }
  return rows;
}
