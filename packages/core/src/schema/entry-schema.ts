import { PwalkError } from '../errors/pwalk-error.js';
import type { Field } from './field.js';

/** The version of the `entries` table, written into every file. */
export const ENTRY_SCHEMA_VERSION = 1;

/** What an entry is. The order is the dictionary coding. */
export const entryTypes = [
  'unknown',
  'file',
  'directory',
  'symlink',
  'fifo',
  'socket',
  'block',
  'char',
] as const;
export type EntryType = (typeof entryTypes)[number];

/** How an entry's reading ended. The order is the dictionary coding. */
export const entryStates = [
  'ok',
  'denied',
  'error',
  'incomplete',
  'loop',
  'excluded',
  'skipped_snapshot',
  'other_fs',
  'pseudo_fs',
  'depth_limit',
  'degraded',
] as const;
export type EntryState = (typeof entryStates)[number];

/** The call that failed, where `errno` is not null. The order is the dictionary coding. */
export const entryOperations = ['none', 'stat', 'open', 'read'] as const;
export type EntryOperation = (typeof entryOperations)[number];

/**
 * The columns of the `entries` table, in file order: one row per directory entry and per root.
 * `optional` columns are produced only when a stage asks for them by name.
 */
const columns = [
  {
    name: 'path',
    type: 'utf8',
    nullable: false,
    description: 'Path as find prints it; escaped for display where the bytes are not UTF-8',
  },
  {
    name: 'path_raw',
    type: 'binary',
    nullable: true,
    description: 'The exact bytes of the path, only where path is not exact',
  },
  { name: 'name', type: 'utf8', nullable: false, description: 'Last component of the path' },
  {
    name: 'ext',
    type: 'utf8',
    nullable: false,
    description:
      "Extension by John Dey's rule: after the last dot, not the first byte, never for directories",
  },
  {
    name: 'type',
    type: 'dictionary',
    nullable: false,
    values: entryTypes,
    description: 'Type of the entry',
  },
  { name: 'inode', type: 'uint64', nullable: true, description: 'st_ino' },
  {
    name: 'parent_inode',
    type: 'uint64',
    nullable: false,
    description: 'Inode of the directory that holds the entry; 0 for a root',
  },
  { name: 'dev', type: 'uint64', nullable: true, description: 'st_dev' },
  { name: 'depth', type: 'int32', nullable: false, description: 'A root is -1, its entries 0' },
  { name: 'mode', type: 'uint32', nullable: true, description: 'st_mode with the type bits' },
  { name: 'uid', type: 'uint32', nullable: true, description: 'Numeric owner' },
  { name: 'gid', type: 'uint32', nullable: true, description: 'Numeric group' },
  { name: 'size', type: 'uint64', nullable: true, description: 'Apparent size in bytes' },
  {
    name: 'blocks',
    type: 'uint64',
    nullable: true,
    description: 'Allocated size in units of 512 bytes',
  },
  { name: 'nlink', type: 'uint32', nullable: true, description: 'Number of hard links' },
  {
    name: 'is_hardlink',
    type: 'bool',
    nullable: true,
    description: 'Not a directory, and nlink is over 1',
  },
  { name: 'atime', type: 'timestamp', nullable: true, description: 'Last access' },
  { name: 'mtime', type: 'timestamp', nullable: true, description: 'Last change of the content' },
  { name: 'ctime', type: 'timestamp', nullable: true, description: 'Last change of the inode' },
  {
    name: 'btime',
    type: 'timestamp',
    nullable: true,
    description: 'Birth; null where the file system keeps none',
  },
  {
    name: 'file_count',
    type: 'uint64',
    nullable: true,
    description: 'Directories: number of direct entries, whatever became of them; else null',
  },
  {
    name: 'dir_sum',
    type: 'uint64',
    nullable: true,
    description:
      'Directories: apparent bytes of the direct entries, subdirectories included; else null',
  },
  {
    name: 'state',
    type: 'dictionary',
    nullable: false,
    values: entryStates,
    description: 'How reading the entry ended',
  },
  {
    name: 'errno',
    type: 'int32',
    nullable: true,
    description: 'errno of the call that failed; null where none did',
  },
] as const satisfies readonly Field[];

const optionalColumns = [
  {
    name: 'operation',
    type: 'dictionary',
    nullable: false,
    values: entryOperations,
    description: 'The call that failed',
  },
  {
    name: 'mnt_id',
    type: 'uint64',
    nullable: true,
    description:
      'Mount id (STATX_MNT_ID); null on kernels before 5.8, and from the portable walker',
  },
  {
    name: 'owner',
    type: 'utf8',
    nullable: true,
    description: 'Name of the owner when the scan was made (NSS); null where the number has none',
  },
  {
    name: 'group',
    type: 'utf8',
    nullable: true,
    description: 'Name of the group when the scan was made (NSS); null where the number has none',
  },
  {
    name: 'path_truncated',
    type: 'bool',
    nullable: true,
    description: 'The path is longer than 64 KiB; path and path_raw are its beginning',
  },
] as const satisfies readonly Field[];

/** Names of the columns every scan produces unless a stage asks for fewer. */
export type DefaultColumn = (typeof columns)[number]['name'];
/** Names of every column of the `entries` table. */
export type EntryColumn = DefaultColumn | (typeof optionalColumns)[number]['name'];

/** The fields a batch has, in order. Immutable; one per scan, shared by all of its batches. */
export class EntrySchema {
  readonly fields: readonly Field[];
  readonly #byName: ReadonlyMap<string, Field>;

  /** @throws PwalkError `PWALK_SCHEMA_INVALID` when two fields share a name or a vocabulary is too long. */
  constructor(fields: readonly Field[]) {
    const byName = new Map<string, Field>();
    for (const field of fields) {
      if (byName.has(field.name)) {
        throw new PwalkError(
          'PWALK_SCHEMA_INVALID',
          `Two columns are named "${field.name}"; rename one.`,
        );
      }
      if (
        field.type === 'dictionary' &&
        (field.values === undefined || field.values.length > 256)
      ) {
        throw new PwalkError(
          'PWALK_SCHEMA_INVALID',
          `Dictionary column "${field.name}" must list its values, at most 256; use utf8 for open vocabularies.`,
        );
      }
      byName.set(field.name, field);
    }
    this.fields = fields;
    this.#byName = byName;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** The field of that name, or undefined. */
  field(name: string): Field | undefined {
    return this.#byName.get(name);
  }

  /** The same fields followed by `added`. */
  with(added: readonly Field[]): EntrySchema {
    return added.length === 0 ? this : new EntrySchema([...this.fields, ...added]);
  }

  /** The fields named, in this schema's order; names it does not have are ignored. */
  pick(names: ReadonlySet<string>): EntrySchema {
    return new EntrySchema(this.fields.filter((field) => names.has(field.name)));
  }
}

/** The columns of a scan when nobody asks for fewer or more. */
export const defaultEntrySchema = new EntrySchema(columns);
/** Every column a source of file system entries may be asked for. */
export const fullEntrySchema = new EntrySchema([...columns, ...optionalColumns]);
