import { chmodSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const page = readFileSync(
  new URL('../../../docs/guide/duckdb-recipes.md', import.meta.url),
  'utf8',
);
const recipes = [...page.matchAll(/\n([^\n]+)\n\n```sql\n([^`]+)```/g)].map(
  ([, title = '', query = '']) => ({
    title,
    query,
  }),
);
const here = scratch();

beforeEach(() => {
  const tree = smallTree(here.path);
  const scan = (name: string) =>
    expect(pwalk(['report', tree, '-o', here.at(name), '-q']).status).toBe(0);
  scan('before.parquet');
  linkSync(`${tree}/one.txt`, `${tree}/sub/one.txt`);
  writeFileSync(`${tree}/open`, '');
  chmodSync(`${tree}/open`, 0o6666);
  scan('scan.parquet');
});

const run = (query: string) =>
  sql(
    query.replaceAll(/'(scan|before)\.parquet'/g, (_, name) => `'${here.at(`${name}.parquet`)}'`),
  );

describe('the recipes of the guide', () => {
  it('are all found', () => expect(recipes.length).toBeGreaterThan(12));

  it('run, and tell of the tree what is so', async () => {
    const told = new Map<string, Record<string, unknown>[]>();
    for (const { title, query } of recipes) told.set(title, await run(query));
    const rows = (start: string) => [...told].find(([title]) => title.startsWith(start))?.[1] ?? [];
    expect(rows('Can the result be trusted')).toEqual([]);
    expect(rows('Who has how much')).toMatchObject([{ files: '5', apparent: '200' }]);
    expect(rows('The same with hard links')).toMatchObject([{ bytes: '100' }]);
    expect(rows('What everybody may write')).toMatchObject([{ mode: '6666' }]);
    expect(rows('Files that may be the same')).toMatchObject([{ name: 'one.txt', copies: '2' }]);
    expect(rows('Exact bytes')).toHaveLength(1);
    const changes = rows('What has changed').map(({ what }) => what);
    expect(changes.filter((what) => what === 'added')).toHaveLength(2);
    expect(changes).not.toContain('removed');
  });
});
