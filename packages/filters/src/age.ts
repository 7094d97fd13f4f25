import { definePlugin, PwalkError } from '@pwalk/core';
import { z } from 'zod';
import { addMonths } from './expression/calendar.js';
import { type Quantity, quantity } from './expression/units.js';
import type { Predicate } from './predicate/predicate.js';
import { PredicateFilter } from './predicate/predicate-filter.js';

type Duration = Extract<Quantity, { type: 'duration' }>;

const duration = z.string().transform((text, ctx) => {
  const [, number = '', unit = ''] = /^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]+)\s*$/.exec(text) ?? [];
  const value = number === '' ? null : quantity(number, unit);
  if (value !== null && typeof value !== 'string' && value.type === 'duration') return value;
  const message =
    typeof value === 'string'
      ? value
      : `"${text}" is not a span of time; write it as 90d, 6mo or 2y`;
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const options = z
  .strictObject({
    time: z.enum(['atime', 'mtime', 'ctime', 'btime']).default('mtime'),
    over: duration.optional().describe('Keep what is older than this'),
    under: duration.optional().describe('Keep what is younger than this'),
  })
  .refine(
    ({ over, under }) => over !== undefined || under !== undefined,
    'give over, under or both',
  );

/**
 * Keeps the entries of some age at the start of the run: `age({ over: '2y' })` what was not changed
 * for two years, `age({ time: 'atime', under: '30d' })` what was read in the last thirty days. Months
 * and years are those of the calendar. Entries without the time asked for are not kept.
 */
export const age = definePlugin({
  name: 'age',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ time }) => ({ columns: [time], releases: true }),
  create: ({ time, over, under }) =>
    new PredicateFilter((_schema, ctx) => {
      const now = BigInt(ctx.scan.startedAt.getTime()) * 1000n;
      const parts: Predicate[] = [];
      const compare = (comparison: '<' | '>', ago: Duration) =>
        parts.push({ kind: 'integer', column: time, comparison, value: before(now, ago) });
      if (over !== undefined) compare('<', over);
      if (under !== undefined) compare('>', under);
      return { kind: 'all', parts };
    }),
});

function before(now: bigint, { months, micros }: Duration): bigint {
  const moment = addMonths(now, -months);
  if (moment !== null) return moment - micros;
  throw new PwalkError('PWALK_OPTIONS_INVALID', 'An age goes back further than there are dates.');
}
