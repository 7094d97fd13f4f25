import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { idOf } from './name-service.js';
import { PredicateFilter } from './predicate/predicate-filter.js';

const one = z.union([z.string().min(1), z.int().min(0).max(4_294_967_295)]);
const several = z.union([one, z.array(one).min(1)]);

const options = z
  .union([several, z.strictObject({ is: several, not: z.boolean().default(false) })], {
    error: 'give names or numbers, or { is: names, not: true }',
  })
  .transform((given) =>
    typeof given === 'object' && !Array.isArray(given)
      ? { names: [given.is].flat(), not: given.not }
      : { names: [given].flat(), not: false },
  );

/** Names are looked up once, before the walk: comparing numbers costs less than a column of names. */
function byId(
  { names, not }: z.output<typeof options>,
  column: 'uid' | 'gid',
  database: 'passwd' | 'group',
): PredicateFilter {
  return new PredicateFilter(async (_schema, { signal }) => {
    const ids = await Promise.all(names.map((name) => idOf(name, database, signal)));
    return { kind: 'integers', column, values: new Set(ids), isIn: !not };
  });
}

/**
 * Keeps the entries of some users, by name or number: `owner('alice')`, `owner(['alice', 1042])`,
 * `owner({ is: 'root', not: true })`. A name that the system does not know is an error.
 */
export const owner = definePlugin({
  name: 'owner',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: ['uid'], releases: true },
  create: (given) => byId(given, 'uid', 'passwd'),
});

/** Keeps the entries of some groups, by name or number, as `owner` does those of users. */
export const group = definePlugin({
  name: 'group',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: { columns: ['gid'], releases: true },
  create: (given) => byId(given, 'gid', 'group'),
});
