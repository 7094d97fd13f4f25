import { definePlugin, PwalkError } from '@pwalk/core';
import { z } from 'zod';
import { globSource } from './predicate/glob.js';
import type { Predicate } from './predicate/predicate.js';
import { PredicateFilter } from './predicate/predicate-filter.js';

const patterns = z.union([z.string(), z.array(z.string()).min(1)]);

const options = z
  .union(
    [
      patterns,
      z.strictObject({
        patterns,
        column: z
          .enum(['name', 'path'])
          .optional()
          .describe('By the pattern when left out: path for one with a slash, else name'),
        not: z.boolean().default(false).describe('Keep what matches none of them'),
      }),
    ],
    { error: 'give globs, or { patterns, column: name or path, not }' },
  )
  .transform((given) => {
    const isBare = typeof given === 'string' || Array.isArray(given);
    const { patterns, column, not } = isBare
      ? { patterns: given, column: undefined, not: false }
      : given;
    return { globs: [patterns].flat().map((source) => readGlob(source, column)), not };
  });

function readGlob(source: string, column: 'name' | 'path' | undefined) {
  const made = globSource(source);
  if (!made.ok) throw new PwalkError('PWALK_OPTIONS_INVALID', made.problem);
  return { source, column: column ?? (source.includes('/') ? 'path' : 'name') };
}

/**
 * Keeps the entries whose name, or whose path where the pattern has a slash, is as a glob says.
 *
 * ```js
 * glob('*.bam')
 * glob({ patterns: ['*.tmp', '*.{bak,old}'], not: true })
 * ```
 *
 * `*` and `?` stop at slashes, `**` does not; `[a-z]`, `[!a-z]`, `{a,b}` and `\` are what they are
 * elsewhere. The whole of the name or path has to match. A byte that is not UTF-8 stands in names as
 * the four characters `\xHH`, and is matched by `?` as little as any four characters are.
 */
export const glob = definePlugin({
  name: 'glob',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ globs }) => ({
    columns: [...new Set(globs.map(({ column }) => column))],
    releases: true,
  }),
  create: ({ globs, not }) =>
    new PredicateFilter(() => ({
      kind: not ? 'all' : 'any',
      parts: globs.map(
        ({ source, column }): Predicate => ({
          kind: 'pattern',
          column,
          pattern: { kind: 'glob', source },
          matches: !not,
        }),
      ),
    })),
});
