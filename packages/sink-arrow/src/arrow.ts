import { definePlugin } from '@pwalk/core';
import { EncodedFileSink } from '@pwalk/core/io';
import { z } from 'zod';

const options = z
  .strictObject({
    path: z.string().min(1).describe('The file to write; `-` for standard output'),
    format: z
      .enum(['file', 'stream'])
      .optional()
      .describe('By the path when left out: a stream for `-` and `.arrows`, else a file'),
    columns: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Names of the columns to write, in the schema's order; all when left out"),
  })
  .transform(({ path, format, columns }) => ({
    path,
    format: format ?? (path === '-' || /\.arrows$/i.test(path) ? 'stream' : 'file'),
    columns,
  }));

/**
 * Writes Apache Arrow IPC: a file (`.arrow`, with an index of its batches at the end) or a stream,
 * which can be read while it is written.
 *
 * ```js
 * import { arrow } from '@pwalk/sink-arrow';
 * export default { sinks: [arrow({ path: 'scan.arrow' })] };
 * ```
 *
 * The columns are written as they are in memory, uncompressed. `type` and `state` are dictionaries
 * that are written once, with ids that do not change. The schema's metadata says what was scanned,
 * how, when and by whom; how it ended is known too late for that: see the command's summary, or
 * Parquet.
 */
export const arrow = definePlugin({
  name: 'arrow',
  kind: 'sink',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ columns }) => ({ columns: columns ?? 'all', atomic: true, releases: true }),
  create: ({ path, format }) =>
    new EncodedFileSink(
      path,
      format === 'file' ? 'arrow' : 'arrow-stream',
      async (schema, ctx) => {
        // apache-arrow takes longer to load than a small walk: it is loaded when something is written.
        const { IpcEncoder } = await import('./ipc-encoder.js');
        return new IpcEncoder(schema, format, ctx.scan);
      },
      { binary: true },
    ),
});
