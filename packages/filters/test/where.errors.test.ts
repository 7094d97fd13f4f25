import { EntrySchema } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { checkExpression, where } from '../src/index.js';
import { openFilter, refusal } from './support/filtering.js';

/** What is said of an expression, and the part of it that the carets stand below. */
async function complaint(text: string): Promise<{ sentence: string; place: string }> {
  const [sentence = '', shown = '', carets = ''] = (await refusal(() => where(text))).split('\n');
  const start = carets.indexOf('^');
  return { sentence, place: shown.slice(start, carets.length) };
}

describe('what where() refuses', () => {
  it.each([
    ['sise > 1GiB', 'sise', '"sise" is not a column; did you mean size?'],
    ['mtime > 5', 'mtime > 5', 'A time cannot be compared with a number'],
    ['size > 1GiB && blocks > 1GiB', 'blocks > 1GiB', 'counts units of 512 bytes'],
    ['uid > 1K', 'uid > 1K', 'is an id'],
    ['type == "dir"', 'type == "dir"', 'is never "dir"; it is one of unknown, file, directory'],
    ['type in ["file", "links"]', 'type in ["file", "links"]', 'is never "links"'],
    ['mtime < 2024-02-30', '2024-02-30', 'There is no date 2024-02-30'],
    ['mtime < "yesterday"', 'mtime < "yesterday"', '"yesterday" is not a date'],
    ['mtime + 1y < ctime', 'mtime + 1y', 'next to a column write days'],
    ['atime - mtime > 2y', 'atime - mtime > 2y', 'write days here'],
    ['now * 2 < mtime', 'now * 2', 'cannot be joined by *'],
    ['size > 5m', '5m', 'ambiguous'],
    ['size > 5parsec', '5parsec', 'There is no unit "parsec"'],
    ['mtime < now - 1.5y', '1.5y', 'counted whole'],
    ['size == 1.5', 'size == 1.5', 'Whole numbers'],
    ['name > "a"', 'name > "a"', 'has no order here'],
    ['size', 'size', 'is not true or false'],
    ['size + 1', 'size + 1', 'is not true or false'],
    ['size =~ /1/', 'size', 'Only a column of text'],
    ['name glob /x/', '/x/', 'A glob is a text'],
    ['name glob "[a"', '"[a"', 'has a [ without a ]'],
    ['name =~ /x/g', '/x/g', 'no flag "g"'],
    ['uid in [0, "a"]', '"a"', 'list numbers here'],
    ['ext in [1]', '1', 'write texts in quotes'],
    ['null > size', 'null > size', 'Only == and !='],
    ['(size > 1) > 2', '(size > 1)', 'This is true or false'],
    ['size > ', '', 'but end of input found'],
    ['size > 1 &', '', 'but end of input found'],
    ['name == "\\q"', '', 'but'],
    ['name == "\\u{110000}"', '\\u{110000}', 'There is no character'],
    ['', '', 'but end of input found'],
  ])('%s', async (text, place, sentence) => {
    const said = await complaint(text);
    expect(said.sentence).toContain(sentence);
    expect(said.place.trim() === '' ? '' : said.place).toContain(place);
  });

  it('a pattern that RE2 does not know, before anything is read', async () => {
    expect(await refusal(() => where('name =~ /(a)\\1/'))).toContain('no back-references');
    expect(await refusal(() => where('name =~ /(?=a)/'))).toContain('cannot be used');
  });

  it('shows control characters escaped, and the carets below what they mean', async () => {
    const message = await refusal(() => where('\u001b[31m\n size >'));
    expect(message).not.toContain('\u001b');
    const [, shown = '', carets = ''] = message.split('\n');
    expect(shown.slice(carets.indexOf('^'), carets.length)).toBe('\\x1b');
  });

  it('shows only the neighbourhood of a place in a long expression', async () => {
    const message = await refusal(() =>
      where(`${'size > 1 || '.repeat(500)}sise > 1${' || size > 1'.repeat(500)}`),
    );
    const [, shown = '', carets = ''] = message.split('\n');
    expect(shown.length).toBeLessThan(120);
    expect(shown.slice(carets.indexOf('^'), carets.length)).toBe('sise');
  });

  it.each([
    ['parentheses', '('.repeat(50_000)],
    ['negations', '!'.repeat(50_000)],
    ['signs', `size > ${'-'.repeat(50_000)}1`],
    ['a sum', `size > ${'1 + '.repeat(50_000)}1`],
    ['more text than anybody writes', `name == "${'x'.repeat(2 << 20)}"`],
  ])('%s beyond measure', async (_, text) => {
    expect(await refusal(() => where(text))).toMatch(/nested too deeply|at most/);
  });

  it('a column that another stage adds, until it does not', async () => {
    const score = {
      name: 'score',
      type: 'float64',
      nullable: false,
      description: 'of a filter before',
    } as const;
    await openFilter(where('score > 0.5'), new EntrySchema([score]));
    expect(await refusal(() => where('score > 0.5'))).toContain('"score" is not a column');
    expect(() => checkExpression('score > 0.5')).toThrow('"score" is not a column');
  });
});
