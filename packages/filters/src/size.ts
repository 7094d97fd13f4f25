import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { quantity } from './expression/units.js';
import type { Predicate } from './predicate/predicate.js';
import { PredicateFilter } from './predicate/predicate-filter.js';

const notSize = (given: unknown) =>
  `"${given}" is not a size; write it as 512MiB, 2GB or a number of bytes`;

const bytes = z
  .union([z.bigint(), z.int(), z.string()], { error: ({ input }) => notSize(input) })
  .transform((given, ctx) => {
    const value = typeof given === 'string' ? bytesOf(given) : BigInt(given);
    if (value !== null && value >= 0n) return value;
    ctx.addIssue({ code: 'custom', message: notSize(given) });
    return z.NEVER;
  });

function bytesOf(text: string): bigint | null {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*$/.exec(text) ?? [];
  const value = number === undefined ? null : quantity(number, unit);
  return value !== null && typeof value !== 'string' && value.type === 'integer'
    ? value.value
    : null;
}

const options = z
  .strictObject({
    over: bytes.optional().describe('Keep what has more bytes than this'),
    under: bytes.optional().describe('Keep what has fewer bytes than this'),
  })
  .refine(
    ({ over, under }) => over !== undefined || under !== undefined,
    'give over, under or both',
  );

/**
 * Keeps the entries of some size: `size({ over: '1GiB' })`, `size({ under: 4096 })`. Apparent bytes;
 * `KiB`, `MiB`, … and `K`, `M`, … are powers of 1024, `KB`, `MB`, … of 1000.
 */
export const size = definePlugin({
  name: 'size',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: ['size'], releases: true },
  create: ({ over, under }) => {
    const parts: Predicate[] = [];
    const column = 'size';
    if (over !== undefined) parts.push({ kind: 'integer', column, comparison: '>', value: over });
    if (under !== undefined) parts.push({ kind: 'integer', column, comparison: '<', value: under });
    return new PredicateFilter(() => ({ kind: 'all', parts }));
  },
});
