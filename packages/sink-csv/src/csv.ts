import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { compressionOf } from './compression.js';
import { CsvSink } from './csv-sink.js';
import { deyColumns } from './dey-columns.js';

/** Highest level of each compression; the default is 1, which keeps up with a walk. */
const highestLevel = { none: 0, gzip: 9, zstd: 19 } as const;

const rfc4180Only = ['columns', 'delimiter', 'quoting'] as const;

const options = z
  .strictObject({
    path: z.string().min(1).describe('The file to write; `-` for standard output'),
    dialect: z.enum(['rfc4180', 'dey']).default('rfc4180'),
    header: z
      .boolean()
      .optional()
      .describe('Names of the columns as the first line; by default for rfc4180 and not for dey'),
    columns: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Names of the columns to write, in that order; all when left out'),
    delimiter: z
      .string()
      .regex(
        /^[^"\r\n\p{Surrogate}]$/u,
        'must be one character, and neither a quote nor a line break',
      )
      .optional()
      .describe('What stands between fields; a comma when left out'),
    quoting: z
      .enum(['minimal', 'all', 'strings'])
      .optional()
      .describe(
        'Which fields are quoted: those that must be, all, or all text; nulls are not, but in the only column',
      ),
    compression: z
      .enum(['none', 'gzip', 'zstd'])
      .optional()
      .describe('By the ending of the path when left out: .gz, .zst, or none'),
    safe: z
      .boolean()
      .default(false)
      .describe('For spreadsheets: an apostrophe before text that they would take for a formula'),
    level: z.int().min(1).optional().describe('1 to 9 for gzip, 1 to 19 for zstd; 1 when left out'),
  })
  .superRefine((given, ctx) => {
    for (const name of given.dialect === 'dey' ? rfc4180Only : []) {
      if (given[name] === undefined) continue;
      ctx.addIssue({
        code: 'custom',
        path: [name],
        message:
          'the dialect "dey" is fixed; use "rfc4180" to choose columns, delimiter or quoting',
      });
    }
    const named = compressionOf(given.path);
    const compression = given.compression ?? named;
    if (named !== 'none' && compression !== named) {
      ctx.addIssue({
        code: 'custom',
        path: ['compression'],
        message: `the path ends like ${named}; end it otherwise, or leave the compression out`,
      });
    }
    if (given.level !== undefined && given.level > highestLevel[compression]) {
      ctx.addIssue({
        code: 'custom',
        path: ['level'],
        message:
          compression === 'none'
            ? 'there is nothing to compress; give a compression, or a path that ends in .gz or .zst'
            : `${compression} has levels 1 to ${highestLevel[compression]}`,
      });
    }
  })
  .transform(({ path, dialect, ...given }) => ({
    path,
    dialect,
    header: given.header ?? dialect === 'rfc4180',
    columns: given.columns,
    delimiter: given.delimiter ?? ',',
    quoting: given.quoting ?? 'minimal',
    compression: given.compression ?? compressionOf(path),
    level: given.level ?? 1,
    safe: given.safe,
  }));

/** Options of the CSV sink, checked and complete. */
export type CsvOptions = z.output<typeof options>;

/**
 * Writes one CSV file, in the order in which batches arrive.
 *
 * ```js
 * import { csv } from '@pwalk/sink-csv';
 * export default { sinks: [csv({ path: 'scan.csv.zst', dialect: 'dey' })] };
 * ```
 *
 * `rfc4180`, the default: RFC 4180 with LF at the end of lines, as most tools want it, and UTF-8.
 * A null is an empty field, in quotes only where it is the whole line; with `quoting: 'minimal'` so is
 * an empty text. Times are ISO 8601 with microseconds in UTC, booleans `true` and `false`, `path_raw` is
 * hexadecimal; paths that are not UTF-8 are in the escaped form of the column `path`. Made natively and on
 * other threads, as `dey` is: all columns take 0.3 to 0.4 µs of CPU a row, which is half as long again.
 *
 * `dey`: byte for byte what John Dey's pwalk 3.0 prints, natively and on other threads: 0.2 µs of
 * CPU a row, 0.4 with zstd, 0.8 with gzip. The format cannot hold everything: control characters in
 * names are left out, and entries that could not be looked at or entered have no row. Where it differs
 * from pwalk is told in `docs/reference/cli.md`.
 *
 * `safe`: text that begins with `=`, `+`, `-` or `@` (in both widths), a tab or a line break gets an
 * apostrophe before it, so that a spreadsheet shows it and does not run it. The file is not exact then:
 * leave it off for everything but spreadsheets. In the dialect "dey" it costs the native encoder.
 */
export const csv = definePlugin({
  name: 'csv',
  kind: 'sink',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ dialect, columns }) => ({
    columns: dialect === 'dey' ? deyColumns : (columns ?? 'all'),
    atomic: true,
    releases: true,
  }),
  create: (given) => new CsvSink(given),
});
