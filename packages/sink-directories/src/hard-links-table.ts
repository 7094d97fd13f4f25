import { EntrySchema } from '@pwalk/core';

/** The `hard_links` table, one row per name of a file that has several; see `docs/specs/directories.md`. */
export const hardLinksSchema = new EntrySchema([
  { name: 'dev', type: 'uint64', nullable: false, description: 'st_dev' },
  { name: 'inode', type: 'uint64', nullable: false, description: 'st_ino' },
  { name: 'nlink', type: 'uint32', nullable: false, description: 'Number of hard links' },
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
  { name: 'size', type: 'uint64', nullable: false, description: 'Apparent size in bytes' },
  {
    name: 'links_found',
    type: 'uint64',
    nullable: false,
    description: 'Names of the file in this scan',
  },
  {
    name: 'link_primary',
    type: 'bool',
    nullable: false,
    description: 'The least of those names by bytes: true for one name of each file',
  },
]);
