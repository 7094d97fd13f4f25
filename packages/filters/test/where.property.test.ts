import { describe, expect, it } from 'vitest';
import { where } from '../src/index.js';
import { context, kept, openFilter } from './support/filtering.js';
import { randomExpression } from './support/random-expression.js';
import { batchOf, randomRows } from './support/random-rows.js';

const rows = randomRows(7, 400);
const batch = batchOf(rows);

describe('where, against a plain evaluation row by row', () => {
  it('keeps the same rows, for a thousand random expressions', async () => {
    let some = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const sample = randomExpression(seed);
      const expected = rows.flatMap((row, index) => (sample.of(row) === true ? [index] : []));
      expect(await kept(where(sample.text), batch), `seed ${seed}: ${sample.text}`).toEqual(
        expected,
      );
      if (expected.length > 0 && expected.length < rows.length) some++;
    }
    // Most of them say something.
    expect(some).toBeGreaterThan(500);
  });

  it('keeps the same rows of a batch that was narrowed before', async () => {
    const mask = Uint8Array.from(rows, (_, index) => (index % 3) & 1);
    const left = rows.filter((_, index) => mask[index] === 1);
    for (let seed = 1000; seed < 1200; seed++) {
      const sample = randomExpression(seed);
      const filter = await openFilter(where(sample.text));
      const result = await filter.map(batch.select(mask), context);
      const expected = left.filter((row) => sample.of(row) === true).map(({ path }) => path);
      const paths = result?.column('path');
      const found = Array.from({ length: paths?.length ?? 0 }, (_, row) => paths?.get(row));
      expect(found, `seed ${seed}: ${sample.text}`).toEqual(expected);
    }
  });
});
