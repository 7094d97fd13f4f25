import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch, sql } from './support/pwalk.js';

const isRoot = process.getuid?.() === 0;
const here = scratch();

describe('bad input ends in one sentence, the documented status, and no file', () => {
  it.each([
    [
      'a root that is missing',
      1,
      ['report', '/no/such/dir'],
      /^pwalk: Cannot walk "\/no\/such\/dir": no such file or directory \(ENOENT\)\. Check the path\.$/,
    ],
    ['no thread', 2, ['report', '/usr/share/doc', '--threads', '0'], /^pwalk: .*--threads.*1.*0$/],
    ['threads that are not a number', 2, ['report', '/usr/share/doc', '--threads', 'two'], /two/],
    [
      'a flag that is not there',
      2,
      ['report', '--no-such-flag', '/usr/share/doc'],
      /--no-such-flag/,
    ],
    ['a command that is not there', 2, ['nosuchcommand'], /nosuchcommand/],
    ['no path', 2, ['report'], /path/],
    [
      'a size that is none',
      2,
      ['report', '/usr/share/doc', '--memory', '5x'],
      /"5x" is not a size/,
    ],
    [
      'too little memory',
      2,
      ['report', '/usr/share/doc', '--memory', '1MiB'],
      /1MiB is too little; give at least 16MiB/,
    ],
    [
      'a way to stat that there is not',
      2,
      ['report', '/usr', '--stat', 'never'],
      /--stat.*lazy.*sync/,
    ],
    [
      'a format that there is not',
      2,
      ['report', '/usr/share/doc', '--format', 'xml'],
      /xml.*parquet, csv, dey-csv/,
    ],
    [
      'a column that there is not',
      2,
      ['report', '/usr/share/doc', '--columns', 'path,nope'],
      /^pwalk: There is no column "nope"; the columns are path, /,
    ],
    ['no column', 2, ['report', '/usr/share/doc', '--columns', '+'], /no column ""/],
    [
      'a compression that there is not',
      2,
      ['report', '/usr/share/doc', '--compression', 'lzma'],
      /--compression lzma .* give none, lz4, gzip, gzip:1/,
    ],
    [
      'formats for some of the outputs',
      2,
      [
        ...['report', '/usr/share/doc', '-o', 'a', '-o', 'b', '-o', 'c'],
        ...['--format', 'csv', '--format', 'csv'],
      ],
      /--format was given 2 times for 3 outputs; give it once for all, or once for each/,
    ],
    [
      'an ending that no format has',
      2,
      ['report', '/usr/share/doc', '-o', 'a.json'],
      /"a\.json" does not say what to write; end it in one of \.parquet, .*: parquet, csv/,
    ],
    [
      'an ending of a compression the format has not',
      2,
      ['report', '/usr/share/doc', '-o', 'a.jsonl.gz', '--format', 'jsonl'],
      /"a\.jsonl\.gz" ends in \.gz, and jsonl is not compressed that way/,
    ],
    [
      'an ending of another compression',
      2,
      ['report', '/usr/share/doc', '-o', 'a.csv.GZ', '--compression', 'zstd:3'],
      /"a\.csv\.GZ" ends in \.GZ, and its compression is to be zstd:3/,
    ],
    [
      'one output twice',
      2,
      ['report', '/usr/share/doc', '-o', 'a.csv', '-o', './a.csv'],
      /"\.\/a\.csv" is to be written twice/,
    ],
    [
      'one output twice, through a link',
      2,
      ['report', '/usr/share/doc', '-o', '/proc/self/cwd/a.csv', '--errors', 'a.csv'],
      /"a\.csv" is to be written twice/,
    ],
    [
      'a column without its text',
      2,
      ['report', '/usr/share/doc', '--column', 'site'],
      /--column site has no text; give it as NAME=TEXT/,
    ],
    [
      'a column that every object has already',
      2,
      ['report', '/usr/share/doc', '--column', '__proto__=x'],
      /cannot be named "__proto__"/,
    ],
    [
      'errors into a file of no format',
      2,
      ['report', '/usr/share/doc', '--errors', 'errors.txt'],
      /ends in \.parquet, \.csv or \.jsonl, and "errors\.txt" does not/,
    ],
    [
      'errors into a directory that is missing',
      5,
      ['report', '/usr/share/doc', '--errors', '/no/such/place/e.csv'],
      /Cannot create the output "\/no\/such\/place\/e\.csv"/,
    ],
    [
      'a directory that is missing',
      5,
      ['report', '/usr/share/doc', '-o', '/no/such/place/x.parquet'],
      /Cannot create the output "\/no\/such\/place\/x\.parquet"/,
    ],
    [
      'a directory as the output',
      5,
      ['report', '/usr/share/doc', '-o', '/usr'],
      /it is a directory/,
    ],
    [
      'a full device',
      5,
      ['report', '/usr/share/doc', '-o', '/dev/full'],
      /no space left on device \(ENOSPC\); free some space/,
    ],
  ])('%s', (_, status, args, sentence) => {
    const ended = pwalk(args, { cwd: here.path });
    expect(ended.stderr.trimEnd()).toMatch(sentence);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended).toMatchObject({ status, stdout: '' });
    expect(readdirSync(here.path)).toEqual([]);
  });

  it.runIf(isRoot)('a disk that fills up', () => {
    mkdirSync(here.at('small'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'none', here.at('small')]);
    try {
      for (const format of ['parquet', 'csv', 'dey-csv']) {
        const output = ['-o', here.at('small', 'x'), '--format', format];
        const { status, stderr } = pwalk(['report', '/usr/share/doc', '/usr/include', ...output]);
        expect([format, status]).toEqual([format, 5]);
        expect(stderr).toMatch(/^pwalk: Writing .* no space left on device \(ENOSPC\).*\n$/);
        expect(readdirSync(here.at('small'))).toEqual([]);
      }
    } finally {
      execFileSync('umount', [here.at('small')]);
    }
  });

  it('a name for the output that is not UTF-8', () => {
    for (const flag of ['-o ', '-o', '--output=', '--errors=', '--column x=']) {
      const line = `${process.execPath} ${command} report /usr/share/doc ${flag}"$(printf 'raw-\\377.csv')"`;
      const ended = spawnSync('sh', ['-c', line], { cwd: here.path, encoding: 'utf8' });
      expect(ended.stderr).toMatch(
        /^pwalk: The (name of an output|text of --column x) must be UTF-8.*\n$/,
      );
      expect(ended.status).toBe(2);
    }
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('a file that is larger than files may be', () => {
    const line = `ulimit -f 1; ${process.execPath} ${command} report /usr/share/doc -o x.csv`;
    const ended = spawnSync('sh', ['-c', line], { cwd: here.path, encoding: 'utf8' });
    expect(ended.stderr).toMatch(
      /^pwalk: Writing .* \(EFBIG\); raise the limit .* \(ulimit -f\).*\n$/,
    );
    expect(ended.status).toBe(5);
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('a relative name in a working directory that is gone', () => {
    const line = `mkdir gone; cd gone; rmdir ../gone; ${process.execPath} ${command} report /usr/share/doc -o x.csv`;
    const ended = spawnSync('sh', ['-c', line], { cwd: here.path, encoding: 'utf8' });
    expect(ended.stderr).toMatch(/^pwalk: Cannot create the output "x\.csv": no such file/m);
    expect(ended.status).toBe(5);
  });

  it('text to compare, to read or to create that is not UTF-8', () => {
    for (const words of [
      'report . --name ',
      'report . --where=',
      'repair . --plan ',
      'repair . --journal=',
      'repair . --exclude-from ',
      'report . --exclude-from=',
      'walk . --exclude-paths ',
    ]) {
      const line = `${process.execPath} ${command} ${words}"$(printf 'raw-\\377')"`;
      const ended = spawnSync('sh', ['-c', line], { cwd: here.path, encoding: 'utf8' });
      expect(ended.stderr).toMatch(
        /^pwalk: (A filter|The names of plan and journal|The name of a file of patterns or paths) must be UTF-8.*\n$/,
      );
      expect(ended.status).toBe(2);
    }
    expect(readdirSync(here.path)).toEqual([]);
  });
});

describe('a root that is no directory is one row', () => {
  it.each([
    ['a file', 'file', 'touch file'],
    ['a symbolic link', 'symlink', 'mkdir there; touch there/x; ln -s there symlink'],
    ['a link to nothing', 'symlink', 'ln -s nowhere symlink'],
    ['a fifo', 'fifo', 'mkfifo fifo'],
  ])('%s', async (_, type, make) => {
    execFileSync('sh', ['-c', make], { cwd: here.path });
    for (const output of ['s.parquet', 's.csv']) {
      const ended = pwalk(['report', type, '-o', output, '-q'], { cwd: here.path });
      expect(ended).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(await sql(`select path, type from '${here.at(output)}'`)).toEqual([
        { path: type, type },
      ]);
    }
  });

  it('but a symbolic link that ends in a slash is entered', async () => {
    execFileSync('sh', ['-c', 'mkdir there; touch there/x; ln -s there symlink'], {
      cwd: here.path,
    });
    pwalk(['report', 'symlink/', '-o', 's.csv', '-q'], { cwd: here.path });
    expect(await sql(`select path from '${here.at('s.csv')}' order by path`)).toEqual([
      { path: 'symlink/' },
      { path: 'symlink/x' },
    ]);
  });
});
