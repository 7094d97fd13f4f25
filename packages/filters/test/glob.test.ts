import { describe, expect, it } from 'vitest';
import { glob } from '../src/index.js';
import { kept, refusal } from './support/filtering.js';
import { Random } from './support/random.js';
import { batchOf, randomRows } from './support/random-rows.js';

const [plain] = randomRows(1, 1);

async function matching(pattern: string, paths: readonly string[]): Promise<string[]> {
  const batch = batchOf(paths.map((path) => ({ ...plain, path, name: path.replace(/.*\//, '') })));
  return (await kept(glob({ patterns: pattern, column: 'path' }), batch)).map((row) => paths[row]);
}

/** A matcher that tries everything: `*`, `?`, `**` and letters only. */
function naive(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern === '**') return true;
  if (pattern.startsWith('**/')) {
    const rest = pattern.slice(3);
    for (let at = 0; at <= text.length; at++) {
      if ((at === 0 || text[at - 1] === '/') && naive(rest, text.slice(at))) return true;
    }
    return false;
  }
  const [first] = pattern;
  if (first === '*') {
    for (let at = 0; at <= text.length; at++) {
      if (naive(pattern.slice(1), text.slice(at))) return true;
      if (text[at] === '/') return false;
    }
    return false;
  }
  if (text === '' || (first === '?' ? text[0] === '/' : text[0] !== first)) return false;
  const rest = pattern.slice(1);
  // `**` is special at the beginning of a part only: elsewhere it is a star twice.
  return first !== '/' && rest.startsWith('**')
    ? naive(rest.slice(1), text.slice(1))
    : naive(rest, text.slice(1));
}

describe('glob', () => {
  it('matches as a matcher that tries everything', async () => {
    const random = new Random(5);
    const texts = Array.from({ length: 300 }, () =>
      Array.from({ length: random.below(8) }, () => random.of(['a', 'b', '/', '.'])).join(''),
    );
    for (let i = 0; i < 400; i++) {
      const length = 1 + random.below(5);
      const pattern = Array.from({ length }, () =>
        random.of(['a', 'b', '/', '*', '?', '/**/']),
      ).join('');
      if (/[^/]\*\*|\*\*[^/]/.test(pattern)) continue;
      const expected = texts.filter((text) => naive(pattern, text));
      expect(await matching(pattern, texts), pattern).toEqual(expected);
    }
  });

  it('with one star matches so, too, whatever is around it, among texts with slashes and without', async () => {
    const random = new Random(6);
    const texts = (letters: string[]) =>
      Array.from({ length: 200 }, () =>
        Array.from({ length: random.below(10) }, () => random.of(letters)).join(''),
      );
    for (const all of [texts(['a', 'b', '/']), texts(['a', 'b'])]) {
      for (let i = 0; i < 300; i++) {
        const text = random.of(all);
        const at = random.below(text.length + 1);
        const pattern = `${text.slice(0, at)}*${text.slice(at + random.below(3))}`;
        const expected = all.filter((one) => naive(pattern, one));
        expect(await matching(pattern, all), pattern).toEqual(expected);
      }
    }
  });

  it.each([
    ['*.{bam,cram}', ['x.bam', '.cram'], ['x.ba', 'd/x.bam', 'x.bam2']],
    ['{a,b{c,d}}', ['a', 'bc', 'bd'], ['b', 'acd']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[!a-c]x', ['dx', '-x'], ['ax', '/x']],
    ['[]x]', [']', 'x'], ['a']],
    ['[+-9]', ['+', '.', '0'], ['/', 'a']],
    ['[a\\]-]', ['a', ']', '-'], ['\\']],
    ['\\*', ['*'], ['a']],
    ['a.b', ['a.b'], ['axb']],
    ['?', ['é', '日', '😀', '\n'], ['', 'ab']],
    ['/a/**', ['/a/', '/a/b', '/a/b/c'], ['/a', '/ab']],
    ['**/x', ['x', 'a/x', 'a/b/x'], ['ax', 'a/xb']],
    ['a,b', ['a,b'], ['a', 'b']],
    ['-(a|b)$', ['-(a|b)$'], ['-a']],
  ])('%s', async (pattern, yes, no) => {
    expect(await matching(pattern, [...yes, ...no])).toEqual(yes);
  });

  it('is of the name without a slash, of the path with one, and may be turned around', async () => {
    const batch = batchOf([
      { ...plain, path: '/d/a.bam', name: 'a.bam' },
      { ...plain, path: '/e/b', name: 'b' },
    ]);
    expect(await kept(glob('*.bam'), batch)).toEqual([0]);
    expect(await kept(glob('/e/*'), batch)).toEqual([1]);
    expect(await kept(glob(['/e/*', '*.bam']), batch)).toEqual([0, 1]);
    expect(await kept(glob({ patterns: ['/e/*', '*.bam'], not: true }), batch)).toEqual([]);
    expect(await kept(glob({ patterns: '*b', not: true }), batch)).toEqual([0]);
  });

  it.each(['[a', '{a', 'a}', 'a\\', '[z-a]', '[[:alpha:]]', '[/]'])(
    'refuses %s',
    async (pattern) => {
      expect(await refusal(() => glob(pattern))).toContain(`The glob "${pattern}"`);
    },
  );

  it('takes a pattern that would keep a backtracking matcher busy for ever', async () => {
    const text = `${'a'.repeat(5000)}b`;
    expect(await matching(`${'*a'.repeat(40)}*c`, [text])).toEqual([]);
  });
});
