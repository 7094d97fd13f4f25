import {
  type EntrySchema,
  entryStates,
  fullEntrySchema,
  PwalkError,
  type ScanFacts,
} from '@pwalk/core';

/**
 * The columns the format is made of; the order is that of `Column` in cpp/core/dey_batch.hpp. The
 * extension is taken from the exact bytes of the path, which `ext` may not have.
 */
export const deyColumns = [
  'path',
  'path_raw',
  'state',
  'parent_inode',
  'depth',
  'inode',
  'mode',
  'uid',
  'gid',
  'nlink',
  'size',
  'dev',
  'blocks',
  'atime',
  'mtime',
  'ctime',
  'file_count',
  'dir_sum',
] as const;

/** The first line, with `header`. */
export const deyHeader =
  'inode,parent-inode,directory-depth,"filename","fileExtension",UID,GID,st_size,st_dev,st_blocks,' +
  'st_nlink,"st_mode",st_atime,st_mtime,st_ctime,pw_fcount,pw_dirsum\n';

/**
 * States whose rows are printed, as codes of the column `state`: pwalk has no row for a directory
 * that it did not enter, for whatever reason.
 */
export const printedStates = Uint8Array.of(
  entryStates.indexOf('ok'),
  entryStates.indexOf('incomplete'),
);

/** The roots that were typed with a slash at their end: pwalk prints another one behind it. */
export function slashRoots({ rootBytes }: ScanFacts): readonly Uint8Array[] {
  return rootBytes.filter((root) => root.at(-1) === 0x2f);
}

/** @throws PwalkError `PWALK_SCHEMA_INVALID` when a column is not what the walker's is */
export function checkDeySchema(schema: EntrySchema): void {
  for (const name of deyColumns) {
    const expected = fullEntrySchema.field(name);
    const field = schema.field(name);
    const same =
      field?.type === expected?.type && field?.values?.join() === expected?.values?.join();
    if (!same) {
      throw new PwalkError(
        'PWALK_SCHEMA_INVALID',
        `The dialect "dey" needs the column "${name}" as the walker makes it; use "rfc4180" for other data.`,
      );
    }
  }
}
