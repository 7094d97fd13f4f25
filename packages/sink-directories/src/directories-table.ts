import { EntrySchema, type Field } from '@pwalk/core';

const sum = (name: string, description: string): Field => ({
  name,
  type: 'uint64',
  nullable: false,
  description,
});

/** The `directories` table, one row per directory; `docs/specs/directories.md` explains it. */
export const directoriesSchema = new EntrySchema([
  {
    name: 'path',
    type: 'utf8',
    nullable: false,
    description: 'Path, as in the entries table',
  },
  {
    name: 'path_raw',
    type: 'binary',
    nullable: true,
    description: 'The exact bytes of the path, only where path is not exact',
  },
  { name: 'depth', type: 'int32', nullable: false, description: 'A root is -1' },
  sum('tree_files', 'Entries below it that are no directories'),
  sum('tree_dirs', 'Directories below it'),
  sum('tree_bytes', 'Apparent bytes of those files, each name of a hard-linked one counted'),
  sum('tree_allocated', 'Allocated bytes of all below it and of itself, each name counted'),
  sum(
    'tree_bytes_unique',
    'tree_bytes with each hard-linked file counted at its primary name only',
  ),
  sum('tree_allocated_unique', 'tree_allocated counted in the same way: what du prints'),
  {
    name: 'newest_mtime',
    type: 'timestamp',
    nullable: true,
    description: 'Latest mtime of all below it and of itself',
  },
  {
    name: 'newest_atime',
    type: 'timestamp',
    nullable: true,
    description: 'Latest atime of what is below it and no directory',
  },
  {
    name: 'incomplete',
    type: 'bool',
    nullable: false,
    description: 'Something at or below it could not be read, so the totals may be too small',
  },
  {
    name: 'left_out',
    type: 'bool',
    nullable: false,
    description: 'A directory at or below it was not entered by rule',
  },
]);
