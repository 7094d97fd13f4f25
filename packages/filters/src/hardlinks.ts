import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { PredicateFilter } from './predicate/predicate-filter.js';

const options = z
  .strictObject({ min: z.int().min(1).max(4_294_967_295).default(2) })
  .default({ min: 2 });

/**
 * Keeps what has several names: entries other than directories with `min` links or more, two when
 * left out. `hardlinks()`, `hardlinks({ min: 10 })`.
 */
export const hardlinks = definePlugin({
  name: 'hardlinks',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: ['is_hardlink', 'nlink'], releases: true },
  create: ({ min }) =>
    new PredicateFilter(() => ({
      kind: 'all',
      parts: [
        { kind: 'bool', column: 'is_hardlink', value: true },
        { kind: 'integer', column: 'nlink', comparison: '>=', value: BigInt(min) },
      ],
    })),
});
