import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();

/** Paths and sizes of a file, sorted, as DuckDB reads it. */
async function rowsOf(name: string) {
  return sql(`select path, size::bigint as size from '${here.at(name)}' order by path`);
}

/** The names of a file's columns. */
async function columnsOf(name: string): Promise<string[]> {
  const columns = await sql(`select column_name as name from (describe from '${here.at(name)}')`);
  return columns.map(({ name: column }) => String(column));
}

describe('pwalk report, to several outputs', () => {
  it('writes the same rows into each, by the endings of their names', async () => {
    const names = ['a.parquet', 'b.csv', 'c.csv.gz', 'd.csv.zst'];
    const tree = smallTree(here.path);
    const { status, stdout } = pwalk([
      'report',
      tree,
      '--json',
      ...names.flatMap((name) => ['-o', here.at(name)]),
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).outputs).toMatchObject(
      ['parquet', 'csv', 'csv', 'csv'].map((format) => ({ format, rows: 7 })),
    );
    for (const name of names) expect(await rowsOf(name)).toEqual(await rowsOf('a.parquet'));
  });

  it('gives each its own format and compression, or all the same', async () => {
    const tree = smallTree(here.path);
    const two = ['-o', here.at('one.txt'), '-o', here.at('two.txt')];
    const each = ['--format', 'dey-csv', '--format', 'csv', '--compression', 'none'];
    pwalk(['report', tree, ...two, ...each, '--compression', 'gzip:9', '-q']);
    expect(readFileSync(here.at('one.txt'), 'latin1').split('\n')).toHaveLength(8);
    expect(String(execFileSync('zcat', [here.at('two.txt')])).startsWith('path,')).toBe(true);
    pwalk(['report', tree, ...two, '--format', 'csv', '--compression', 'zstd:3', '-q']);
    for (const name of ['one.txt', 'two.txt']) {
      expect(readFileSync(here.at(name)).readUInt32LE(0)).toBe(0xfd2fb528);
    }
  });

  it('writes Parquet with lz4 where that is asked for', async () => {
    const tree = smallTree(here.path);
    const outputs = ['-o', here.at('plain.parquet'), '-o', here.at('lz4.parquet')];
    const each = ['--compression', 'none', '--compression', 'lz4'];
    expect(pwalk(['report', tree, ...outputs, ...each, '-q'])).toMatchObject({ status: 0 });
    const codecs = `select distinct compression as name from parquet_metadata('${here.at('lz4.parquet')}')`;
    expect(await sql(codecs)).toEqual([{ name: 'LZ4_RAW' }]);
    expect(await rowsOf('lz4.parquet')).toEqual(await rowsOf('plain.parquet'));
  });

  it('tells them by endings in any case of letters', () => {
    const args = ['report', smallTree(here.path), '-o', 'a.CSV', '-o', 'b.Csv.GZ', '-q'];
    expect(pwalk(args, { cwd: here.path })).toMatchObject({ status: 0, stderr: '' });
    expect(execFileSync('zcat', [here.at('b.Csv.GZ')])).toEqual(readFileSync(here.at('a.CSV')));
  });

  it('leaves nothing of any when standard output is full, and says so once', () => {
    const outputs = '-o - --format jsonl -o a.parquet --format parquet -q';
    const line = `${process.execPath} ${command} report ${smallTree(here.path)} ${outputs} > /dev/full`;
    const ended = spawnSync('sh', ['-c', line], { encoding: 'utf8', cwd: here.path });
    expect(ended.stderr).toMatch(/^pwalk: Writing standard output failed: no space left.*\n$/);
    expect(ended.status).toBe(5);
    expect(readdirSync(here.path)).toEqual(['tree']);
  });

  it('has them all when only the summary could not be printed, which is said', () => {
    const line = `${process.execPath} ${command} report ${smallTree(here.path)} -o a.csv > /dev/full`;
    const ended = spawnSync('sh', ['-c', line], { encoding: 'utf8', cwd: here.path });
    expect(ended.stderr).toMatch(/^pwalk: Writing standard output failed: .*\n$/);
    expect(ended.status).toBe(5);
    expect(readdirSync(here.path)).toEqual(['a.csv', 'tree']);
  });

  it('leaves nothing of any when one cannot be made durable', () => {
    // The second fsync of the process fails: that of one file, or of a directory a file is in already.
    const fault = `
      import { open } from 'node:fs/promises';
      const file = await open('/dev/null');
      const { sync } = Object.getPrototypeOf(file);
      let calls = 0;
      Object.getPrototypeOf(file).sync = async function () {
        if (++calls === 2) throw Object.assign(new Error(), { code: 'EDQUOT', errno: -122 });
        return sync.call(this);
      };
      await file.close();`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        ...['--import', `data:text/javascript,${encodeURIComponent(fault)}`, command],
        ...[
          'report',
          smallTree(here.path),
          '-o',
          'a.parquet',
          '-o',
          'b.csv',
          '-o',
          'c.arrow',
          '-q',
        ],
      ],
      { encoding: 'utf8', cwd: here.path },
    );
    expect(stderr).toMatch(
      /^pwalk: Writing ".*" failed: disk quota exceeded \(EDQUOT\); free.*\n$/,
    );
    expect(status).toBe(5);
    expect(readdirSync(here.path)).toEqual(['tree']);
  });

  it.runIf(process.getuid?.() === 0)(
    "refuses a name that is somebody else's in a sticky directory",
    () => {
      mkdirSync(here.at('tmp'));
      chmodSync(here.path, 0o755);
      chmodSync(here.at('tmp'), 0o1777);
      writeFileSync(here.at('tmp/b.csv'), 'of root');
      symlinkSync('/nowhere', here.at('tmp/link.csv'));
      const args = ['report', '/usr/share/doc/adduser', '-q', '-o', 'a.csv'];
      const user = { cwd: here.at('tmp'), uid: 65533 };
      for (const name of ['b.csv', 'link.csv']) {
        const { status, stderr } = pwalk([...args, '-o', name], user);
        expect(stderr).toMatch(
          /^pwalk: Cannot create .*: it belongs to user 0, and in a sticky .*\n$/,
        );
        expect(status).toBe(5);
        expect(readdirSync(here.at('tmp'))).toEqual(['b.csv', 'link.csv']);
      }
      expect(pwalk(args, user)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(pwalk(args, user)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(pwalk(args, { cwd: here.at('tmp') })).toEqual({ status: 0, stdout: '', stderr: '' });
    },
  );

  it('gives each the mode the umask leaves, whatever it replaces', () => {
    writeFileSync(here.at('a.csv'), 'old', { mode: 0o600 });
    const line = `umask 027; ${process.execPath} ${command} report ${smallTree(here.path)} -o a.csv -q`;
    expect(spawnSync('sh', ['-c', line], { cwd: here.path }).status).toBe(0);
    expect(statSync(here.at('a.csv')).mode & 0o777).toBe(0o640);
  });

  it('leaves nothing of any when one cannot be written', () => {
    const tree = smallTree(here.path);
    const { status, stderr } = pwalk(
      ['report', tree, '-o', 'a.parquet', '-o', '/dev/full', '-o', 'b.csv', '--errors', 'e.csv'],
      { cwd: here.path },
    );
    expect(stderr).toMatch(/^pwalk: Writing "\/dev\/full" failed: no space left on device/);
    expect(status).toBe(5);
    expect(readdirSync(here.path)).toEqual(['tree']);
  });

  it('says so when a reader that goes away takes the other outputs along', () => {
    const line = `set -o pipefail; ${process.execPath} ${command} report /usr -o - -o a.parquet -q | head -c 1 >/dev/null`;
    const { stderr, status } = spawnSync('bash', ['-c', line], {
      encoding: 'utf8',
      cwd: here.path,
    });
    expect(stderr).toMatch(/^pwalk: The reader of standard output is gone\. The other outputs/);
    expect(status).toBe(5);
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('leaves none of its own outputs in the others', async () => {
    const outputs = ['-o', here.at('a.parquet'), '-o', here.at('b.csv')];
    pwalk(['report', here.path, ...outputs, '--errors', here.at('e.jsonl'), '-q']);
    expect(await rowsOf('b.csv')).toMatchObject([{ path: here.path }]);
  });
});

describe('pwalk report, with other columns', () => {
  it('writes those named and no others, or adds them to the usual ones', async () => {
    const tree = smallTree(here.path);
    pwalk(['report', tree, '-o', here.at('a.csv'), '--columns', 'size,owner,path', '-q']);
    expect(await columnsOf('a.csv')).toEqual(['size', 'owner', 'path']);
    pwalk(['report', tree, '-o', here.at('b.parquet'), '--columns', '+owner,group', '-q']);
    const columns = await columnsOf('b.parquet');
    expect(columns).toHaveLength(26);
    expect(columns.slice(-2)).toEqual(['owner', 'group']);
  });

  it('adds constants to every output and to the facts in the file', async () => {
    const text = 'lab 7, "new"\n$é';
    const constants = ['--column', `site=${text}`, '--column', 'note='];
    const files = ['-o', here.at('a.parquet'), '-o', here.at('b.csv')];
    pwalk(['report', smallTree(here.path), ...files, ...constants, '--columns', 'path', '-q']);
    for (const name of ['a.parquet', 'b.csv']) {
      expect(await columnsOf(name)).toEqual(['path', 'site', 'note']);
      expect(
        await sql(
          `select distinct site, coalesce(note, '') as note, count(*)::int as rows from '${here.at(name)}' group by all`,
        ),
      ).toEqual([{ site: text, note: '', rows: 7 }]);
    }
    const facts = await sql(
      `select decode(value) as value from parquet_kv_metadata('${here.at('a.parquet')}') where decode(key) in ('site', 'pwalk.options')`,
    );
    expect(facts).toHaveLength(2);
    for (const { value } of facts) expect(value).toContain('lab 7');
  });

  it('leaves dey-csv as it is beside an output that has the columns', async () => {
    const files = ['-o', here.at('a.parquet'), '-o', here.at('b.csv')];
    const formats = ['--format', 'parquet', '--format', 'dey-csv'];
    const more = ['--header', '--column', 'site=x', '--columns', 'path'];
    expect(pwalk(['report', smallTree(here.path), ...files, ...formats, ...more]).status).toBe(0);
    expect(await columnsOf('a.parquet')).toEqual(['path', 'site']);
    expect(readFileSync(here.at('b.csv'), 'latin1')).toMatch(/^inode,.*,pw_dirsum\n\d/);
  });
});
