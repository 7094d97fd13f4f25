import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { buildTrees, compareRows, expectedRows } from '@pwalk/testkit/trees';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();

/** Outputs of every format, by the ending of their names. */
const names = ['a.parquet', 'b.csv', 'c.jsonl', 'd.arrow', 'e.arrows', 'f.prom'];

describe('formats of a report', () => {
  it('are told by the names of files, all of them written from one walk', async () => {
    const { status, stdout } = pwalk(
      ['report', smallTree(here.path), ...names.flatMap((name) => ['-o', name]), '--json'],
      { cwd: here.path },
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout).outputs).toMatchObject([
      { path: 'a.parquet', format: 'parquet', rows: 7 },
      { path: 'b.csv', format: 'csv', rows: 7 },
      { path: 'c.jsonl', format: 'jsonl', rows: 7 },
      { path: 'd.arrow', format: 'arrow', rows: 7 },
      { path: 'e.arrows', format: 'arrow-stream', rows: 7 },
      { path: 'f.prom', format: 'prometheus', rows: 7 },
    ]);
    const expected = (await sql(`select path from '${here.at('a.parquet')}' order by path`)).map(
      ({ path }) => path,
    );
    const jsonl = await sql(`select path from '${here.at('c.jsonl')}' order by path`);
    expect(jsonl.map(({ path }) => path)).toEqual(expected);
    for (const name of ['d.arrow', 'e.arrows']) {
      const paths = tableFromIPC(readFileSync(here.at(name))).getChild('path');
      expect([...(paths ?? [])].toSorted()).toEqual(expected);
    }
    expect(readFileSync(here.at('f.prom'), 'utf8')).toContain('pwalk_entries{type="file"} 3\n');
  });

  it.each(['jsonl', 'arrow', 'arrow-stream', 'summary', 'prometheus'])(
    '%s goes to standard output, the summary of the run beside it',
    (format) => {
      const { status, stdout, stderr } = pwalk(
        ['report', smallTree(here.path), '-o', '-', '--format', format],
        { cwd: here.path },
      );
      expect(status).toBe(0);
      expect(stderr).toContain('7 read = 7 rows');
      expect(stdout).not.toContain('7 read = 7 rows');
      if (format === 'summary') expect(JSON.parse(stdout).scan.complete).toBe(true);
      if (format === 'jsonl') expect(stdout.trimEnd().split('\n')).toHaveLength(7);
    },
  );

  it('H14, H15, H16: every name comes back exactly, in a row of its own, from CSV, Parquet and JSON', async () => {
    const built = buildTrees(here.at('tree'), [
      ...(['names-bytes', 'names-terminal', 'names-records'] as const),
      ...(['names-unicode', 'names-long', 'names-of-directories'] as const),
    ]);
    const files = ['n.csv', 'n.parquet', 'n.jsonl'].map((name) => here.at(name));
    const flags = ['--columns', 'path,path_raw,type,inode,mode,size', '-q'];
    const ended = pwalk(['report', built.path, ...files.flatMap((file) => ['-o', file]), ...flags]);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    const expected = expectedRows(built.manifest());
    for (const file of files) {
      const source = file.endsWith('.csv')
        ? `read_csv('${file}', all_varchar = true)`
        : `'${file}'`;
      const raw = file.endsWith('.parquet') ? 'hex(path_raw)' : 'path_raw';
      const rows = await sql(
        `select * replace (${raw} as path_raw, inode::text as inode) from ${source}`,
      );
      const exact = rows.map(({ path_raw: hex, ...row }) => ({
        ...row,
        path_raw: typeof hex === 'string' ? Buffer.from(hex, 'hex') : null,
      }));
      expect(compareRows(expected, exact), file).toEqual([]);
    }
    built.remove();
  });

  it('may be cut off by a reader that has seen enough', () => {
    const pipe = `${process.execPath} ${command} report /usr/share/doc -o - --format jsonl -q | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const [line, status] = execFileSync('bash', ['-c', pipe], { encoding: 'utf8' }).split('\n');
    expect(JSON.parse(line)).toHaveProperty('path');
    expect(status).toBe('0');
  });

  it('have the columns asked for and those that are added, where they have columns', async () => {
    const flags = ['--columns', 'size,name', '--column', 'project=x'];
    pwalk(
      [
        'report',
        smallTree(here.path),
        '-o',
        'c.jsonl',
        '-o',
        'd.arrow',
        '-o',
        'f.prom',
        '-q',
        ...flags,
      ],
      {
        cwd: here.path,
      },
    );
    const [first] = readFileSync(here.at('c.jsonl'), 'utf8').split('\n');
    expect(Object.keys(JSON.parse(first))).toEqual(['size', 'name', 'project']);
    const { fields } = tableFromIPC(readFileSync(here.at('d.arrow'))).schema;
    expect(fields.map(({ name }) => name)).toEqual(['name', 'size', 'project']);
  });

  it('as a dataset, with a directory for each value', async () => {
    const { status, stdout } = pwalk(
      ['report', smallTree(here.path), '-o', 'set/', '--partition-by', 'owner,type', '--json'],
      { cwd: here.path },
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout).outputs).toMatchObject([
      { path: 'set/', format: 'parquet', rows: 7 },
    ]);
    const rows = await sql(
      `select type, count(*)::int as rows from read_parquet('${here.at('set')}/*/*/*.parquet', hive_partitioning = true) group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { type: 'directory', rows: 3 },
      { type: 'file', rows: 3 },
      { type: 'symlink', rows: 1 },
    ]);
  });

  it.each([
    [['--format', 'csv', '--partition-by', 'type'], 'Only parquet is written as a dataset'],
    [['--partition-by', 'typo'], 'There is no column "typo"'],
    [['--format', 'summary', '--columns', 'size'], 'choose columns of csv or parquet'],
    [['--format', 'prometheus', '--column', 'a=b'], 'add columns to csv or parquet'],
    [['--format', 'jsonl', '--compression', 'zstd'], 'is not compressed'],
    [['--format', 'arrow', '--header'], 'A header is for dey-csv'],
  ])('refuse %j', (flags, message) => {
    const { status, stderr } = pwalk(['report', here.path, '-o', here.at('x'), ...flags]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
