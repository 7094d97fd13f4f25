import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { age, group, hardlinks, keep, mode, owner, regex, size, type } from '../src/index.js';
import { kept, refusal, startedAt } from './support/filtering.js';
import { batchOf, type Row, randomRows } from './support/random-rows.js';

const [plain] = randomRows(1, 1);
const batch = (...rows: Row[]) => batchOf(rows.map((row) => ({ ...plain, ...row })));
const micros = (date: Date) => BigInt(date.getTime()) * 1000n;

describe('type', () => {
  it('keeps one type or several, and refuses others', async () => {
    const rows = batch({ type: 'file' }, { type: 'directory' }, { type: 'fifo' });
    expect(await kept(type('file'), rows)).toEqual([0]);
    expect(await kept(type(['fifo', 'directory']), rows)).toEqual([1, 2]);
    // @ts-expect-error: not a type
    expect(await refusal(() => type('dir'))).toContain('give one type or several of unknown, file');
  });
});

describe('size', () => {
  it('is over and under, neither of them included', async () => {
    const rows = batch({ size: 1024n }, { size: 1025n }, { size: 2n ** 63n }, { size: null });
    expect(await kept(size({ over: '1KiB' }), rows)).toEqual([1, 2]);
    expect(await kept(size({ over: 1024, under: 1n << 62n }), rows)).toEqual([1]);
    expect(await refusal(() => size({ over: '5m' }))).toContain('"5m" is not a size');
    expect(await refusal(() => size({ over: '5d' }))).toContain('"5d" is not a size');
    expect(await refusal(() => size({}))).toContain('give over, under or both');
  });
});

describe('age', () => {
  it('counts from the start of the run, in months of the calendar', async () => {
    const monthAgo = micros(new Date('2024-02-29T12:00:00Z'));
    const rows = batch({ mtime: monthAgo }, { mtime: monthAgo - 1n }, { mtime: null });
    expect(await kept(age({ over: '1mo' }), rows)).toEqual([1]);
    expect(await kept(age({ under: '31d' }), rows)).toEqual([]);
    expect(await kept(age({ under: '32d' }), rows)).toEqual([0, 1]);
    const read = batch({ atime: micros(startedAt) - 5n }, { atime: micros(startedAt) + 5n });
    expect(await kept(age({ time: 'atime', over: '0s' }), read)).toEqual([0]);
    expect(await refusal(() => age({ over: '5 parsec' }))).toContain('There is no unit');
    expect(await refusal(() => age({ over: '5GiB' }))).toContain('is not a span of time');
    expect(await refusal(() => age({ over: '99999999y' }))).toContain(
      'further than there are dates',
    );
  });
});

describe('owner and group', () => {
  const rows = batch({ uid: 0, gid: 0 }, { uid: 4_294_967_294, gid: 7 }, { uid: null, gid: null });

  it('take numbers and names the system knows', async () => {
    expect(await kept(owner('root'), rows)).toEqual([0]);
    expect(await kept(owner([4_294_967_294, '0']), rows)).toEqual([0, 1]);
    expect(await kept(owner({ is: 'root', not: true }), rows)).toEqual([1]);
    expect(await kept(group('root'), rows)).toEqual([0]);
    const { username, uid } = userInfo();
    expect(await kept(owner(username), batch({ uid }))).toEqual([0]);
  });

  it.each(['no-such-user', '-s', '--help', 'a\u001b[31m', 'root:x'])('refuse %j', async (name) => {
    expect(await refusal(() => owner(name))).toMatch(/^There is no user "[^\u001b]*" here/);
    expect(await refusal(() => group(name))).toContain('There is no group');
  });
});

describe('mode', () => {
  const rows = batch(
    { mode: 0o100644 },
    { mode: 0o40777 },
    { mode: 0o120777 },
    { mode: 0o104755 },
    { mode: 0o42775 },
    { mode: 0o41777 },
    { mode: null },
  );

  it('has words that mean what administrators mean', async () => {
    expect(await kept(mode('world-writable'), rows)).toEqual([1, 5]);
    expect(await kept(mode('group-writable'), rows)).toEqual([1, 4, 5]);
    expect(await kept(mode('setuid'), rows)).toEqual([3]);
    expect(await kept(mode('setgid'), rows)).toEqual([]);
    expect(await kept(mode('sticky'), rows)).toEqual([5]);
  });

  it('has bits', async () => {
    expect(await kept(mode({ all: '0444', none: 0o22 }), rows)).toEqual([0, 3]);
    expect(await kept(mode({ any: '7000' }), rows)).toEqual([3, 4, 5]);
    expect(await refusal(() => mode({ all: '999' }))).toContain('in octal');
    expect(await refusal(() => mode({}))).toContain('give all, any or none');
  });
});

describe('hardlinks', () => {
  it('keeps what has several names', async () => {
    const rows = batch(
      { nlink: 1, is_hardlink: false },
      { nlink: 2, is_hardlink: true },
      { nlink: 9, is_hardlink: true },
      { nlink: 9, is_hardlink: false, type: 'directory' },
    );
    expect(await kept(hardlinks(), rows)).toEqual([1, 2]);
    expect(await kept(hardlinks({ min: 3 }), rows)).toEqual([2]);
  });
});

describe('regex', () => {
  it('is found in a name or a path, or is not', async () => {
    const rows = batch({ name: 'core.12', path: '/a/core.12' }, { name: 'x', path: '/CORE/x' });
    expect(await kept(regex('^core'), rows)).toEqual([0]);
    expect(await kept(regex({ pattern: '(?i)/core', column: 'path' }), rows)).toEqual([0, 1]);
    expect(await kept(regex({ pattern: 'core', not: true }), rows)).toEqual([1]);
  });

  it('takes a pattern that would keep a backtracking matcher busy for ever', async () => {
    const rows = batch({ name: `${'a'.repeat(20_000)}!` });
    expect(await kept(regex('^(a+)+$'), rows)).toEqual([]);
  });
});

describe('keep', () => {
  it('asks a function of each row', async () => {
    const rows = batch({ size: 1n, name: 'a' }, { size: 5n, name: 'b' });
    const stage = keep({ columns: ['size'], when: ({ size: bytes }) => bytes === 5n });
    expect(await kept(stage, rows)).toEqual([1]);
  });
});
