import { definePlugin, entryTypes } from '@pwalk/core';
import { z } from 'zod';
import { PredicateFilter } from './predicate/predicate-filter.js';

const word = z.enum(entryTypes);

const options = z
  .union([word, z.array(word).min(1)], {
    error: `give one type or several of ${entryTypes.join(', ')}`,
  })
  .transform((given) => ({ words: new Set<string>([given].flat()) }));

/**
 * Keeps the entries of some types: `type('file')`, `type(['fifo', 'socket'])`. Needs no look at an
 * entry beyond its listing, where the file system tells types there.
 */
export const type = definePlugin({
  name: 'type',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: ['type'], releases: true },
  create: ({ words }) => new PredicateFilter(() => ({ kind: 'words', column: 'type', words })),
});
