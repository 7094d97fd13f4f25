import { definePlugin } from '@pwalk/core';
import { EncodedFileSink } from '@pwalk/core/io';
import { z } from 'zod';
import { jsonSummary } from './json-summary.js';
import { prometheusText } from './prometheus-text.js';
import { ScanTotals, summarizedColumns } from './scan-totals.js';

/** Extensions told of when nobody says: a label of Prometheus is dear, a line of JSON is not. */
const defaultExtensions = { json: 1000, prometheus: 20 } as const;

const options = z
  .strictObject({
    path: z.string().min(1).describe('The file to write; `-` for standard output'),
    format: z
      .enum(['json', 'prometheus'])
      .optional()
      .describe('By the path when left out: prometheus for `.prom`, else json'),
    extensions: z
      .int()
      .min(0)
      .max(65_536)
      .optional()
      .describe(
        'How many extensions to tell of, those with the most bytes; 1000, or 20 for prometheus',
      ),
    labels: z
      .record(
        z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a label of Prometheus'),
        z.string(),
      )
      .default({})
      .describe('For prometheus: labels of every sample, as { cluster: "a" }'),
  })
  .transform(({ path, format, extensions, labels }) => {
    const chosen = format ?? (/\.prom$/i.test(path) ? 'prometheus' : 'json');
    return { path, format: chosen, extensions: extensions ?? defaultExtensions[chosen], labels };
  });

/**
 * Writes what a scan comes to instead of its entries: totals by type, owner, group and extension,
 * and histograms of files by size and by age, as JSON or for Prometheus' textfile collector.
 *
 * ```js
 * import { summary } from '@pwalk/sink-summary';
 * export default { sinks: [summary({ path: '/var/lib/node_exporter/scan.prom' })] };
 * ```
 *
 * Bytes are apparent bytes of everything but directories, hard links counted each time; allocated
 * bytes are those of everything. Sums are exact. The file is replaced in one step. Memory does not
 * grow with the tree: 65,536 extensions are told apart, and the rest counted together.
 */
export const summary = definePlugin({
  name: 'summary',
  kind: 'sink',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: summarizedColumns, atomic: true, releases: true },
  create: ({ path, format, extensions, labels }) =>
    new EncodedFileSink(path, format === 'json' ? 'summary' : 'prometheus', (_schema, { scan }) => {
      const totals = new ScanTotals(scan.startedAt);
      return {
        encode(batch) {
          totals.add(batch);
          return new Uint8Array();
        },
        end: (outcome) =>
          Buffer.from(
            format === 'json'
              ? jsonSummary(totals, scan, outcome, extensions)
              : prometheusText(totals, scan, outcome, { labels, mostExtensions: extensions }),
          ),
      };
    }),
});
