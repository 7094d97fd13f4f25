import { BatchBuilder, decodeName, type EntryBatch, EntrySchema } from '@pwalk/core';
import { fileOf, linkFile, linkPath, linkWord } from './link-names.js';
import type { Cursor } from './run-file.js';

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

const ROWS = 2048;
const MOST_BYTES = 256 * 1024;

/**
 * The rows of the hard_links table, in the order of devices, inodes and paths.
 * @param records the names
 * @param again the same once more: it goes ahead and counts the names of a file, which may be any number
 */
export function* hardLinkBatches(records: Cursor, again: Cursor): Generator<EntryBatch> {
  const builder = new BatchBuilder(hardLinksSchema);
  let isLeft = again.next();
  let file = '';
  let path = '';
  let found = 0n;
  let bytes = 0;
  while (records.next()) {
    const { key, words } = records;
    const isPrimary = fileOf(key) !== file;
    if (!isPrimary && linkPath(key) === path) continue; // The same name, below another root.
    if (isPrimary) {
      file = fileOf(key);
      found = 0n;
      for (let last = ''; isLeft && fileOf(again.key) === file; isLeft = again.next()) {
        if (found === 0n || linkPath(again.key) !== last) found++;
        last = linkPath(again.key);
      }
    }
    path = linkPath(key);
    const raw = Buffer.from(path, 'latin1');
    const { text, exact } = decodeName(raw);
    const at = 2 * linkWord.size;
    builder.append({
      ...linkFile(key),
      nlink: words[2 * linkWord.nlink],
      path: text,
      path_raw: exact ? null : raw,
      size: BigInt(words[at + 1]) * 4_294_967_296n + BigInt(words[at]),
      links_found: found,
      link_primary: isPrimary,
    });
    bytes += key.length;
    if (builder.length < ROWS && bytes < MOST_BYTES) continue;
    bytes = 0;
    yield builder.finish();
  }
  if (builder.length > 0) yield builder.finish();
}
