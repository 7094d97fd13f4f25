import { readFileSync } from 'node:fs';
import { buildTrees } from '@pwalk/testkit/trees';
import { expect, it } from 'vitest';
import { pwalk, scratch, sql } from './support/pwalk.js';

const here = scratch();

/** What a spreadsheet would run, or skip white space to run. */
const formula = '^[=+\\-@\\t\\r\\n\\x{ff0b}\\x{ff0d}\\x{ff1d}\\x{ff20}]';

it('H60 --csv-safe leaves no cell that a spreadsheet would run, and no other cell changed', async () => {
  const built = buildTrees(here.at('=tree'), ['names-records']);
  const names = built.manifest().map(({ name }) => String(name));
  for (const [format, columns] of [
    ['csv', 'name,path,ext'],
    ['dey-csv', null],
  ] as const) {
    const chosen = columns === null ? ['--header'] : ['--columns', columns];
    const args = ['report', '=tree', '--format', format, ...chosen];
    for (const safe of [true, false]) {
      const out = here.at(`${format}-${safe}.csv`);
      const flags = safe ? ['--csv-safe', '-o', out, '-q'] : ['-o', out, '-q'];
      expect(pwalk([...args, ...flags], { cwd: here.path })).toMatchObject({
        status: 0,
        stderr: '',
      });
    }
    const read = (safe: boolean) =>
      `read_csv('${here.at(`${format}-${safe}.csv`)}', all_varchar = true, header = true)`;
    const text = format === 'csv' ? ['name', 'path', 'ext'] : ['filename', 'fileExtension'];
    for (const column of text) {
      const count = (safe: boolean, what: string) =>
        sql(
          `select count(*)::int n from ${read(safe)} where regexp_matches("${column}", '${what}')`,
        );
      expect(await count(true, formula), column).toEqual([{ n: 0 }]);
      // What it is that is made safe; no extension happens to need it.
      if (!/^(ext|fileExt)/.test(column))
        expect(await count(false, formula), column).not.toEqual([{ n: 0 }]);
    }
    if (format === 'dey-csv') continue;
    // An apostrophe is all that is added, and only where it must be.
    const safe = await sql(`select name from ${read(true)}`);
    const plain = await sql(`select name from ${read(false)}`);
    const exact = new Set(names);
    expect(plain.map(({ name }) => name ?? '').every((name) => exact.has(String(name)))).toBe(true);
    const changed = safe.filter(({ name }) => !exact.has(String(name)));
    expect(changed.length).toBeGreaterThan(9);
    expect(changed.every(({ name }) => exact.has(String(name).slice(1)))).toBe(true);
  }
  built.remove();
});

it('numbers stay numbers, and a format that is none of a spreadsheet refuses', () => {
  const built = buildTrees(here.at('tree'), ['empty']);
  const column = ['--column', 'site==cmd|x'];
  const args = ['--columns', 'depth,name,site', ...column, '--csv-safe', '-q'];
  pwalk(['report', built.path, '-o', 's.csv', ...args], { cwd: here.path });
  expect(readFileSync(here.at('s.csv'), 'utf8')).toContain("\n-1,tree,'=cmd|x\n");
  const refused = pwalk(['report', built.path, '-o', 's.parquet', '--csv-safe'], {
    cwd: here.path,
  });
  expect(refused).toMatchObject({ status: 2 });
  expect(refused.stderr).toContain('Only CSV is made safe for spreadsheets');
  built.remove();
});
