import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pwalk, scratch } from './support/pwalk.js';

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
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'none', here.at('small')]);
    try {
      const { status, stderr } = pwalk([
        'report',
        '/usr/share',
        '-o',
        here.at('small', 'x.parquet'),
      ]);
      expect(status).toBe(5);
      expect(stderr).toContain('ENOSPC');
      expect(readdirSync(here.at('small'))).toEqual([]);
    } finally {
      execFileSync('umount', [here.at('small')]);
    }
  });
});
