import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import type { Predicate, Term } from './predicate/predicate.js';
import { PredicateFilter } from './predicate/predicate-filter.js';

const TYPE_BITS = 0o170000;
const REGULAR = 0o100000;
const SYMLINK = 0o120000;

/** What can be said of a mode in a word. */
const words = ['world-writable', 'group-writable', 'setuid', 'setgid', 'sticky'] as const;
type Word = (typeof words)[number];

const bits = z.union([
  z.int().min(0).max(0o177777),
  z
    .string()
    .regex(/^[0-7]{1,6}$/)
    .transform((text) => Number.parseInt(text, 8)),
]);

const given = z.strictObject({
  all: bits.optional().describe('Keep what has all of these bits'),
  any: bits.optional().describe('Keep what has one of these bits at least'),
  none: bits.optional().describe('Keep what has none of these bits'),
});

const options = z
  .union([z.enum(words), given], {
    error: `give ${words.join(', ')}, or { all, any, none } with bits in octal, as "022"`,
  })
  .transform((said) => (typeof said === 'string' ? ofWord(said) : ofBits(said)))
  .refine((parts) => parts.length > 0, 'give all, any or none');

/** `(mode & bits) <comparison> value` */
function masked(bitsOfMode: number, comparison: '==' | '!=', value: number): Predicate {
  const left: Term = {
    kind: '&',
    left: { kind: 'column', name: 'mode' },
    right: { kind: 'constant', value: BigInt(bitsOfMode) },
  };
  return { kind: 'terms', comparison, left, right: { kind: 'constant', value: BigInt(value) } };
}

function ofBits({ all, any, none }: z.output<typeof given>): readonly Predicate[] {
  const parts: Predicate[] = [];
  if (all !== undefined) parts.push(masked(all, '==', all));
  if (any !== undefined) parts.push(masked(any, '!=', 0));
  if (none !== undefined) parts.push(masked(none, '==', 0));
  return parts;
}

function ofWord(word: Word): readonly Predicate[] {
  switch (word) {
    // Nobody asks for the mode of a symbolic link, which is 0777.
    case 'world-writable':
      return [masked(TYPE_BITS, '!=', SYMLINK), masked(0o002, '!=', 0)];
    case 'group-writable':
      return [masked(TYPE_BITS, '!=', SYMLINK), masked(0o020, '!=', 0)];
    // On directories these two bits say who owns new entries, and run nothing.
    case 'setuid':
      return [masked(TYPE_BITS, '==', REGULAR), masked(0o4000, '!=', 0)];
    case 'setgid':
      return [masked(TYPE_BITS, '==', REGULAR), masked(0o2000, '!=', 0)];
    case 'sticky':
      return [masked(0o1000, '!=', 0)];
  }
}

/**
 * Keeps the entries with some permission bits: `mode('world-writable')`, `mode('setuid')`,
 * `mode({ all: '0440', none: '0022' })`. `world-writable` and `group-writable` leave symbolic links
 * out, `setuid` and `setgid` all but regular files.
 */
export const mode = definePlugin({
  name: 'mode',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: ['mode'], releases: true },
  create: (parts) => new PredicateFilter(() => ({ kind: 'all', parts })),
});
