import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ScanOptions, scan } from '@pwalk/native-walker';
import { lastValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collect, type Row } from './support/collect.js';

let tree = '';
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'pwalk-exclude-'));
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

const write = (name: string, content = '') => {
  mkdirSync(dirname(join(tree, name)), { recursive: true });
  writeFileSync(join(tree, name), content);
  return join(tree, name);
};
const below = (row: Row) => String(row.path).slice(tree.length + 1);
const files = [
  'a.o',
  'keep.o',
  'A.O',
  'src/a.o',
  'src/keep.o',
  'src/main.c',
  'src/deep/er/x.log',
  'x.log',
  'build/out',
  'src/build/out',
  'src/build.txt',
  'docs/a/b/c.md',
  'docs/c.md',
  'docs/a/c.md',
  'foo/bar/baz',
  'foo/bar.d/baz',
  '[odd]',
  'a-b',
  'a]b',
  'a b ',
  'tail ',
  '#hash',
  '!bang',
  'star*',
  'caf\u00e9',
  'back\\slash',
  'end\\ ',
  '{brace}',
  'comma,name',
  '7',
  'x7',
  'node_modules/p/index.js',
  'src/node_modules/q',
];

// Each is a gitignore file; git itself says what it leaves out.
const ignoreFiles: Record<string, string> = {
  names: '*.o\n!keep.o\nnode_modules\n',
  'the last that matches': '!keep.o\n*.o\n',
  anchored: '/x.log\n/src/*.c\nfoo/bar\n',
  directories: 'build/\nx.log/\n',
  'any directories': '**/er\ndocs/**/c.md\nfoo/**\n',
  'whatever is in it': 'docs/**\n!docs/c.md\n',
  'sets and classes': '[[:digit:]]\n[Aa].[Oo]\n[!a-z]*]\n\\[odd\\]\na[]-]b\n',
  'comments, spaces, escapes':
    '# a comment\n\n\\#hash\n\\!bang\ntail\\ \na b \\ \nstar\\*\nback\\\\slash\n   \nx7   \nend\\\\\\ \n',
  'carriage returns and a mark': '\ufeffx.log\r\n*.md\r\n',
  'a carriage return at the end': 'x.log\r\n*.md\r',
  'stars in a row': 'a**o\n***\n!src\n',
  'question marks': 'a?b\n?7\ncaf??\n',
  'braces are characters': '{brace}\n*,name\n',
};

describe.each(['native', 'portable'] as const)('the %s walker leaves out', (engine) => {
  it.each(Object.entries(ignoreFiles))('what git ignores: %s', async (_, content) => {
    for (const name of files) write(name);
    const rules = mkdtempSync(join(tmpdir(), 'pwalk-rules-'));
    try {
      writeFileSync(join(rules, 'ignore'), content);
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', `core.excludesFile=${rules}/ignore`, ...args], {
          cwd: tree,
          encoding: 'latin1',
        });
      execFileSync('git', ['init', '-q', tree]);
      const { rows, accounting } = await collect(tree, {
        engine,
        excludeFrom: [join(rules, 'ignore')],
        exclude: ['/.git'],
      });
      const seen = rows
        .filter(({ state, type }) => state === 'ok' && type !== 'directory')
        .map(below);
      const kept = git('ls-files', '-z', '--others', '--exclude-standard')
        .split('\0')
        .filter(Boolean);
      expect(seen.map((name) => Buffer.from(name).toString('latin1')).toSorted()).toEqual(
        kept.toSorted(),
      );
      expect(accounting.excluded).toBeLessThan(files.length);
      expect(seen.length).toBeLessThan(files.length);
    } finally {
      rmSync(rules, { recursive: true, force: true });
    }
  });

  it('globs given directly, with braces, after those of files', async () => {
    for (const name of files) write(name);
    const ignore = write('ignore', '*.c\n!main.c\n');
    const left = async (options: ScanOptions) =>
      (await collect(tree, { engine, ...options })).rows.map(below);
    const gone = async (...exclude: string[]) => {
      const [all, kept] = [await left({}), await left({ exclude })];
      return all.filter((name) => !kept.includes(name));
    };
    expect(await gone('*.{o,md}')).toEqual([
      'a.o',
      'docs/a/b/c.md',
      'docs/a/c.md',
      'docs/c.md',
      'keep.o',
      'src/a.o',
      'src/keep.o',
    ]);
    expect(await gone('/{a,{x,keep}}.{o,log}')).toEqual(['a.o', 'keep.o', 'x.log']);
    expect(await gone('src/**/*.log')).toEqual(['src/deep/er/x.log']);
    expect(await gone('\\{brace\\}', '[{]*', '\\!bang')).toEqual(['!bang', '{brace}']);
    expect(await left({ excludeFrom: [ignore] })).toContain('src/main.c');
    expect(await left({ excludeFrom: [ignore], exclude: ['*.c'] })).not.toContain('src/main.c');
  });

  it('a directory is one row and is not entered; everything else is counted', async () => {
    for (const name of files) write(name);
    const { rows, accounting } = await collect(tree, {
      engine,
      exclude: ['node_modules/', '*.log'],
    });
    const excluded = rows.filter(({ state }) => state === 'excluded');
    expect(excluded.map(below)).toEqual(['node_modules', 'src/node_modules']);
    expect(excluded[0]).toMatchObject({ type: 'directory', file_count: null, errno: null });
    expect(accounting).toMatchObject({ excluded: 2, states: { excluded: 2 } });
    expect(accounting.read).toBe(accounting.rows + 2);
  });

  it('no symbolic link by a pattern for directories, also where links are followed, as git does', async () => {
    for (const name of ['dir/file', 'plain/file']) write(name);
    for (const name of ['link', 'named']) symlinkSync('dir', join(tree, name));
    for (const followSymlinks of [false, true]) {
      const { rows } = await collect(tree, {
        ...{ engine, followSymlinks },
        exclude: ['link/', 'plain/', 'named'],
      });
      const states = Object.fromEntries(rows.map((row) => [below(row), row.state]));
      expect(states).toEqual({
        ...{ '': 'ok', dir: 'ok', 'dir/file': 'ok', plain: 'excluded' },
        link: followSymlinks ? 'loop' : 'ok',
        ...(followSymlinks ? { named: 'excluded' } : {}),
      });
    }
  });

  it('exact paths, as they are printed', async () => {
    for (const name of files) write(name);
    const list = write(
      'list',
      `${tree}/src/build/\n${tree}/x.log\n${tree}/docs/a\n\n${tree}/nothing\n`,
    );
    const { rows, accounting } = await collect(tree, { engine, excludePaths: [list] });
    expect(rows.filter(({ state }) => state === 'excluded').map(below)).toEqual([
      'docs/a',
      'src/build',
    ]);
    expect(accounting.excluded).toBe(1);
    expect(rows.map(below)).not.toContain('x.log');
    expect(rows.map(below)).toContain('build/out');
  });

  it('what is not UTF-8', async () => {
    const name = (byte: number) => Buffer.concat([Buffer.from(`${tree}/x`), Buffer.from([byte])]);
    for (const byte of [0xe9, 0xff]) writeFileSync(name(byte), '');
    const exclude = [Buffer.from([0x78, 0x5b, 0xe0, 0x2d, 0xf0, 0x5d])];
    const { rows } = await collect(tree, { engine, exclude });
    expect(rows.map(below)).toEqual(['', 'x\\xff']);
  });

  it.each([
    ['', 'is no pattern'],
    ['/', 'is no pattern'],
    ['a[b', 'a [ that is not closed'],
    ['a[[:no:]]', 'a [ that is not closed'],
    ['a\\', 'ends in a backslash'],
    ['[z-a]', 'a range that ends before it begins'],
    ['x[!0-9c-\\a]', 'a range that ends before it begins'],
    ['[A-[:digit:]]', 'a range that ends in a class'],
    ['[z-[:digit:]]', 'a range that ends in a class'],
    ['[\\/]', 'a [ that is not closed'],
    ['a//b', 'a slash after a slash'],
    ['a\\/b', 'a backslash before a slash'],
    ['!a', 'begins with !'],
    ['@(a|b)', 'extended glob'],
    ['{a,b', 'a { that is not closed'],
    ['a}', 'has a } without {'],
    ['{1..3}', 'one alternative'],
    ['{a,b}'.repeat(12), 'more than 1000'],
    ['a\0b', 'a NUL byte'],
  ])('nothing by %j, which is refused', async (glob, problem) => {
    const walk = lastValueFrom(scan(tree, { engine, exclude: [glob] }), { defaultValue: null });
    await expect(walk).rejects.toMatchObject({
      code: 'PWALK_OPTIONS_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  it('nothing by a file that is missing or wrong: the error names it, and the line', async () => {
    const walk = (options: ScanOptions) =>
      lastValueFrom(scan(tree, { engine, ...options }), { defaultValue: null });
    await expect(walk({ excludeFrom: [`${tree}/\u001bno`] })).rejects.toMatchObject({
      code: 'PWALK_OPTIONS_INVALID',
      message: `Cannot read the patterns in "${tree}/\\x1bno": no such file or directory (ENOENT). Check the path.`,
    });
    const wrong = write('wrong', '# fine\n*.o\na[b\n');
    await expect(walk({ excludeFrom: [wrong] })).rejects.toMatchObject({
      message:
        `${wrong}, line 3: "a[b" has a [ that is not closed; write \\\\[ for a bracket.`.replace(
          '\\\\',
          '\\',
        ),
    });
  });
});
