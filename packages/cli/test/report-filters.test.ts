import { existsSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { parquet, report, where } from 'pwalk';
import { describe, expect, it } from 'vitest';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();

/** A small tree with a sparse file of 3 GiB that is three years old beside the seven entries. */
function tree(): string {
  const root = smallTree(here.path);
  const old = here.at('tree', 'old.bam');
  writeFileSync(old, '');
  truncateSync(old, 3 * 2 ** 30);
  utimesSync(old, new Date(), new Date(Date.now() - 3 * 366 * 86_400_000));
  return root;
}

async function names(file: string): Promise<unknown[]> {
  return (await sql(`select name from '${file}' order by name`)).map(({ name }) => name);
}

describe('pwalk report with filters', () => {
  it.each([
    [['--where', 'size > 1GiB && mtime < now - 2y'], ['old.bam']],
    [
      ['--where', 'size > 0', '--where', 'type == "file"'],
      ['old.bam', 'one.txt'],
    ],
    [
      ['--type', 'symlink', '--type', 'directory'],
      ['deeper', 'link', 'sub', 'tree'],
    ],
    [['--larger-than', '99', '--smaller-than', '1GB', '--type', 'file'], ['one.txt']],
    [['--older-than', '2y'], ['old.bam']],
    [
      ['--newer-than', '1d', '--type', 'file'],
      ['one.txt', 'raw-\\xff', 'two'],
    ],
    [
      ['--name', '*.txt', '--name', '**/sub/*'],
      ['deeper', 'one.txt', 'two'],
    ],
    [['--where', 'name == "raw-\\xff"'], ['raw-\\xff']],
    [['--owner', 'root', '--group', '0', '--name', 'two'], ['two']],
  ])('%j', async (flags, expected) => {
    const file = here.at('s.parquet');
    const { status, stdout } = pwalk(['report', tree(), '-o', file, ...flags]);
    expect(status).toBe(0);
    expect(await names(file)).toEqual(expected);
    expect(stdout).toContain('8 read = 8 rows\n');
    expect(stdout).toContain(`${expected.length} of 8 rows came through the filters`);
  });

  it('says how many matched in JSON, and in the metadata what was asked', async () => {
    const file = here.at('s.parquet');
    const { stdout } = pwalk(['report', tree(), '-o', file, '--type', 'file', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      entries: 8,
      read: 8,
      matched: 4,
      outputs: [{ rows: 4 }],
      exitCode: 0,
    });
    const [{ options }] = await sql(
      `select decode(value) as options from parquet_kv_metadata('${file}') where decode(key) = 'pwalk.options'`,
    );
    expect(JSON.parse(String(options)).filters).toEqual([{ type: ['file'] }]);
    const all = pwalk(['report', here.at('tree'), '-o', file, '--json']).stdout;
    expect(JSON.parse(all)).not.toHaveProperty('matched');
  });

  it('writes several outputs, and tells of what could not be read whatever the filters say', async () => {
    const root = tree();
    const { status, stderr } = pwalk(
      [
        'report',
        root,
        '-o',
        's.csv',
        '-o',
        't.parquet',
        '--errors',
        'e.csv',
        '--where',
        'size > 1M',
        '-q',
      ],
      { cwd: here.path },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(here.at('s.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(2);
    expect(await names(here.at('t.parquet'))).toEqual(['old.bam']);
  });

  it('fails on a match when asked, and on nothing else', () => {
    const root = tree();
    const run = (...flags: string[]) =>
      pwalk(['report', root, '-o', here.at('s.parquet'), '--fail-on-match', ...flags]).status;
    expect(run('--where', 'size > 1GiB')).toBe(4);
    expect(run('--where', 'size > 1TiB')).toBe(0);
    expect(run()).toBe(2);
  });

  it.each([
    [['--where', 'sise > 1'], '"sise" is not a column; did you mean size?\n  sise > 1\n  ^^^^\n'],
    [['--where', 'size >'], 'but end of input found.\n  size >\n        ^\n'],
    [['--larger-than', '5m'], '"5m" is not a size'],
    [['--older-than', 'soon'], '"soon" is not a span of time'],
    [['--owner', 'no-such-user'], 'There is no user "no-such-user" here'],
    [['--name', '[a'], 'The glob "[a" has a [ without a ]'],
    [['--where', 'name =~ /(?=a)/'], 'patterns are those of RE2'],
  ])('refuses %j before anything is written', (flags, message) => {
    const { status, stderr } = pwalk(['report', tree(), '-o', here.at('s.parquet'), ...flags]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(here.at('s.parquet'))).toBe(false);
  });

  it('takes filters in JavaScript', async () => {
    const root = tree();
    const output = here.at('s.parquet');
    const filters = [where('size > 1GiB')];
    expect(await report(root, { output, filters, failOnMatch: true })).toMatchObject({
      matched: 1,
      complete: true,
      exitCode: 4,
    });
    const given = [parquet({ path: output })];
    // @ts-expect-error: a sink is no filter
    await expect(report(root, { output, filters: given })).rejects.toThrow('must be a filter');
  });
});
