import { expect, test } from 'vitest';
import { csv } from '../src/index.js';

async function checked(options: object) {
  const { plugin } = csv({ path: 'x.csv' });
  const result = await plugin.options['~standard'].validate(options);
  return result.issues === undefined
    ? result.value
    : result.issues.map(({ message }) => message).join('; ');
}

test('compression follows the name, and may be told', async () => {
  expect(await checked({ path: 'a.csv' })).toMatchObject({ compression: 'none', level: 1 });
  expect(await checked({ path: 'a.csv.gz' })).toMatchObject({ compression: 'gzip' });
  expect(await checked({ path: 'a.csv.zst' })).toMatchObject({ compression: 'zstd' });
  expect(await checked({ path: '-' })).toMatchObject({ compression: 'none' });
  expect(await checked({ path: 'a.TXT.GZ' })).toMatchObject({ compression: 'gzip' });
  expect(await checked({ path: 'a', compression: 'zstd' })).toMatchObject({ compression: 'zstd' });
  expect(await checked({ path: 'a.gz', compression: 'none' })).toContain('ends like gzip');
  expect(await checked({ path: 'a.zst', compression: 'gzip' })).toContain('ends like zstd');
});

test('the header is there for rfc4180 and not for dey', async () => {
  expect(await checked({ path: '-' })).toMatchObject({ dialect: 'rfc4180', header: true });
  expect(await checked({ path: '-', dialect: 'dey' })).toMatchObject({ header: false });
});

test.each([
  [{ path: '-', dialect: 'dey', columns: ['path'] }, 'the dialect "dey" is fixed'],
  [{ path: '-', dialect: 'dey', delimiter: ';' }, 'the dialect "dey" is fixed'],
  [{ path: '-', dialect: 'dey', quoting: 'all' }, 'the dialect "dey" is fixed'],
  [{ path: '-', delimiter: ';;' }, 'must be one character'],
  [{ path: '-', delimiter: '"' }, 'must be one character'],
  [{ path: '-', delimiter: '\n' }, 'must be one character'],
  [{ path: '-', level: 3 }, 'nothing to compress'],
  [{ path: 'a.gz', level: 10 }, 'gzip has levels 1 to 9'],
  [{ path: 'a.zst', level: 20 }, 'zstd has levels 1 to 19'],
  [{ path: '-', columns: [] }, ''],
  [{ path: '' }, ''],
  [{ path: '-', colour: 'red' }, 'colour'],
])('%j is refused', async (options, sentence) => {
  const message = await checked(options);
  expect(message).toBeTypeOf('string');
  expect(message).toContain(sentence);
});

test('the source is asked for no more than a dialect needs', async () => {
  const columns = async (options: { path: string; dialect?: 'dey'; columns?: string[] }) => {
    const { plugin } = csv(options);
    return plugin.capabilities(await checked(options)).columns;
  };
  expect(await columns({ path: '-' })).toBe('all');
  expect(await columns({ path: '-', columns: ['path', 'size'] })).toEqual(['path', 'size']);
  const dey = await columns({ path: '-', dialect: 'dey' });
  expect(dey).toHaveLength(18);
  for (const name of ['name', 'ext', 'type', 'btime', 'errno']) expect(dey).not.toContain(name);
});
