import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { DatasetSink } from './dataset-sink.js';
import { ParquetSink } from './parquet-sink.js';

const options = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .describe('The file to write, `-` for standard output; the directory, with `partitionBy`'),
    compression: z
      .enum(['zstd', 'lz4', 'none'])
      .default('zstd')
      .describe('How pages are compressed; lz4 takes less time than zstd and more room'),
    level: z
      .int()
      .min(1)
      .max(19)
      .default(1)
      .describe('zstd level; parquet-wasm has only its own default'),
    rowGroupRows: z
      .int()
      .min(1)
      .max(16_777_216)
      .default(65_536)
      .describe('Rows of a row group; each encoding thread has one in memory'),
    columns: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Names of the columns to write, in the schema's order; all when left out"),
    partitionBy: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Columns whose values become directories, as owner=alice/; the outermost first'),
    ordered: z
      .boolean()
      .default(false)
      .describe('Rows stay in the order they come in: one thread encodes'),
    mode: z
      .int()
      .min(0)
      .max(0o777)
      .default(0o666)
      .describe('Permissions of the files, less the umask, as 0o600'),
    encoder: z
      .enum(['auto', 'native', 'wasm'])
      .default('auto')
      .describe('`auto`: native where the addon loads, else parquet-wasm with a warning'),
    metadata: z
      .record(z.string(), z.string())
      .refine(
        (pairs) => !Object.keys(pairs).some((key) => key.startsWith('pwalk.')),
        'keys that begin with "pwalk." are taken',
      )
      .default({})
      .describe("More key-value pairs for the file's footer"),
  })
  .refine(({ path, partitionBy }) => partitionBy === undefined || path !== '-', {
    path: ['partitionBy'],
    message: 'a dataset is a directory, and standard output is none',
  });

/** Options of the Parquet sink, checked and complete. */
export type ParquetOptions = z.output<typeof options>;

/**
 * Writes one Parquet file: zstd, page index, the facts of the scan in its footer. Rows keep the
 * order they have within a batch; batches may change places, unless it is to be `ordered`.
 *
 * ```js
 * import { parquet } from '@pwalk/sink-parquet';
 * export default { sinks: [parquet({ path: 'scan.parquet' })] };
 * ```
 *
 * With `partitionBy` it writes a dataset: a directory of files, `owner=alice/type=file/part-0.parquet`,
 * as Hive names them. Values are percent-encoded, so that none leaves its directory; they are in the
 * names and not in the files. The directory appears when all of it is there, with a `_manifest.json`.
 */
export const parquet = definePlugin({
  name: 'parquet',
  kind: 'sink',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ columns, partitionBy = [] }) => ({
    columns: [...new Set([...(columns ?? ['*']), ...partitionBy])],
    atomic: true,
    releases: true,
  }),
  create: (given) =>
    given.partitionBy === undefined
      ? new ParquetSink(given)
      : new DatasetSink(given, given.partitionBy),
});
