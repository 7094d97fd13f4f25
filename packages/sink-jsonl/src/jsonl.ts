import { definePlugin } from '@pwalk/core';
import { EncodedFileSink } from '@pwalk/core/io';
import { z } from 'zod';
import { JsonLinesEncoder } from './json-lines-encoder.js';

const options = z.strictObject({
  path: z.string().min(1).describe('The file to write; `-` for standard output'),
  columns: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Names of the columns to write, in that order; all when left out'),
  integers: z
    .enum(['number', 'string'])
    .default('number')
    .describe('How 64-bit integers are written: as numbers, or as texts of digits'),
});

/**
 * Writes one JSON object on each line (https://jsonlines.org).
 *
 * ```js
 * import { jsonl } from '@pwalk/sink-jsonl';
 * export default { sinks: [jsonl({ path: 'scan.jsonl' })] };
 * ```
 *
 * 64-bit integers are numbers with all their digits, as JSON allows and databases read; readers that
 * make doubles of numbers, as `JSON.parse` does, round them beyond 2^53: for them say
 * `integers: 'string'`. Times are ISO 8601 with microseconds in UTC. `path_raw` is hexadecimal, and
 * with `path` gives back the exact bytes of every name. Characters that command a terminal or reorder
 * text are escaped, so that a line is safe to look at.
 */
export const jsonl = definePlugin({
  name: 'jsonl',
  kind: 'sink',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ columns }) => ({ columns: columns ?? 'all', atomic: true, releases: true }),
  create: ({ path, columns, integers }) =>
    new EncodedFileSink(path, 'jsonl', (schema) => {
      const names = columns ?? schema.fields.map(({ name }) => name);
      return new JsonLinesEncoder(names, integers);
    }),
});
