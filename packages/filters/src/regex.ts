import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { PredicateFilter } from './predicate/predicate-filter.js';

const options = z
  .union(
    [
      z.string(),
      z.strictObject({
        pattern: z.string(),
        column: z.enum(['name', 'path', 'ext']).default('name'),
        not: z.boolean().default(false).describe('Keep what does not match'),
      }),
    ],
    { error: 'give a pattern, or { pattern, column: name, path or ext, not }' },
  )
  .transform((given) =>
    typeof given === 'string' ? { pattern: given, column: 'name', not: false } : given,
  );

/**
 * Keeps the entries in whose name the pattern is found.
 *
 * ```js
 * regex('^core\\.\\d+$')
 * regex({ pattern: '(?i)/scratch/', column: 'path' })
 * ```
 *
 * Patterns are those of RE2 (https://github.com/google/re2/wiki/Syntax): matching takes time
 * proportional to the text, whatever the pattern; there is no look-around and no back-reference.
 */
export const regex = definePlugin({
  name: 'regex',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ column }) => ({ columns: [column], releases: true }),
  create: ({ pattern, column, not }) =>
    new PredicateFilter(() => ({
      kind: 'pattern',
      column,
      pattern: { kind: 'regex', source: pattern },
      matches: !not,
    })),
});
