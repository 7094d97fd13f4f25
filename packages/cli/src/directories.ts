import { definePlugin } from '@pwalk/core';
import { DirectoriesSink, summedColumns } from '@pwalk/sink-directories';
import { z } from 'zod';
import { tableEnding, tableEndings, tableWriter } from './output-format.js';

const file = z
  .string()
  .regex(tableEnding, `must end in ${tableEndings}`)
  .refine((path) => !path.includes('\0'), 'must not hold a NUL')
  .optional();

/**
 * Writes what every directory comes to with all that is below it, and which names are the same file.
 *
 * ```js
 * import { directories, parquet } from 'pwalk';
 * export default {
 *   sinks: [parquet({ path: 'scan.parquet' }), directories({ path: 'directories.parquet' })],
 * };
 * ```
 *
 * Counts the entries that reach it: behind a filter, those that come through. See `docs/specs/directories.md`.
 */
export const directories = definePlugin({
  name: 'directories',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z
    .strictObject({
      path: file.describe(
        'The file to write with a row for every directory; its ending says the format',
      ),
      hardLinks: file.describe(
        'The file to write with a row for every name of a file that has several',
      ),
    })
    .refine(
      ({ path, hardLinks }) => path !== undefined || hardLinks !== undefined,
      'must have a path, or hardLinks',
    ),
  capabilities: { columns: summedColumns, atomic: true, releases: true },
  create: async ({ path, hardLinks }) =>
    new DirectoriesSink({
      directories: path === undefined ? undefined : await tableWriter(path, 'Directories'),
      hardLinks: hardLinks === undefined ? undefined : await tableWriter(hardLinks, 'Hard links'),
    }),
});
