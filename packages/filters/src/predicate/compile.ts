import type { Column, EntryBatch, EntrySchema } from '@pwalk/core';
import { columnOf } from './column-of.js';
import { compareNumbers, compares } from './compare-numbers.js';
import { compareTextColumns, compareTexts, matchAround } from './compare-texts.js';
import { compareWords, rangeOf } from './compare-words.js';
import { aroundStar } from './glob.js';
import { columnsOf, type Predicate } from './predicate.js';
import { compareTerms, type IntegerColumn, integerColumn, isWide } from './terms.js';
import { textTest } from './text-test.js';

/**
 * A predicate as loops over columns. Clears the bytes of `mask` (one per row of the batch, 0 or 1) at
 * rows that are not as it says, and leaves the others as they are; rows that are out already cost
 * nothing more where looking at one is dear.
 */
export type Narrow = (batch: EntryBatch, mask: Uint8Array) => void;

/**
 * @param predicate of columns the schema has, with the types it has them
 * @throws PwalkError `PWALK_OPTIONS_INVALID` for a pattern that RE2 does not know
 */
export async function compile(predicate: Predicate, schema: EntrySchema): Promise<Narrow> {
  switch (predicate.kind) {
    case 'all': {
      const parts = await compileParts(predicate.parts, schema);
      return (batch, mask) => {
        for (const narrow of parts) narrow(batch, mask);
      };
    }
    case 'any': {
      const parts = await compileParts(predicate.parts, schema);
      return (batch, mask) => {
        // Each part looks only at rows that no part before has taken.
        const left = mask.slice();
        const taken = new Uint8Array(mask.length);
        for (const narrow of parts) {
          taken.set(left);
          narrow(batch, taken);
          for (let row = 0; row < mask.length; row++) left[row] &= ~taken[row];
        }
        for (let row = 0; row < mask.length; row++) mask[row] &= ~left[row];
      };
    }
    case 'constant':
      return predicate.value ? () => {} : (_batch, mask) => mask.fill(0);
    case 'null':
      return narrowToNull(predicate.column, predicate.isNull);
    case 'bool':
      return narrowBool(predicate.column, predicate.value ? 1 : 0);
    case 'integer':
      return withoutNulls([predicate.column], (batch, mask) =>
        compareInteger(integerColumn(batch, predicate.column), predicate, mask),
      );
    case 'integers':
      return withoutNulls([predicate.column], narrowIntegers(predicate));
    case 'real':
      return withoutNulls([predicate.column], (batch, mask) => {
        const column = columnOf(batch, predicate.column, 'float64');
        compareNumbers(column, predicate.comparison, predicate.value, mask);
      });
    case 'terms': {
      const { left, comparison, right } = predicate;
      return withoutNulls([...columnsOf(predicate)], (batch, mask) =>
        compareTerms(batch, left, comparison, right, mask),
      );
    }
    case 'words':
      return narrowWords(predicate.column, (word) => predicate.words.has(word));
    case 'texts': {
      const narrow = compareTexts(predicate.texts, predicate.isIn);
      return withoutNulls([predicate.column], (batch, mask) =>
        narrow(columnOf(batch, predicate.column, 'utf8'), mask),
      );
    }
    case 'same':
      return withoutNulls([predicate.left, predicate.right], (batch, mask) => {
        const left = columnOf(batch, predicate.left, 'utf8');
        const right = columnOf(batch, predicate.right, 'utf8');
        compareTextColumns(left, right, predicate.isSame, mask);
      });
    case 'pattern': {
      const isDictionary = schema.field(predicate.column)?.type === 'dictionary';
      return narrowPattern(predicate, isDictionary);
    }
  }
}

function compileParts(parts: readonly Predicate[], schema: EntrySchema): Promise<Narrow[]> {
  const cheapestFirst = parts.toSorted((a, b) => cost(a) - cost(b));
  return Promise.all(cheapestFirst.map((part) => compile(part, schema)));
}

/** About what one row costs, in nanoseconds. */
function cost(predicate: Predicate): number {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return predicate.parts.reduce((sum, part) => sum + cost(part), 2);
    case 'pattern': {
      const { kind, source } = predicate.pattern;
      return kind === 'glob' && aroundStar(source) !== null ? 20 : 400;
    }
    case 'terms':
    case 'texts':
    case 'integers':
    case 'same':
      return 20;
    default:
      return 2;
  }
}

/** Nulls go first: what a comparison makes of the memory behind one is undefined. */
function withoutNulls(names: readonly string[], narrow: Narrow): Narrow {
  return (batch, mask) => {
    for (const name of names) dropNulls(batch.column(name), mask);
    narrow(batch, mask);
  };
}

function dropNulls({ validity }: Column, mask: Uint8Array): void {
  if (validity === null) return;
  for (let row = 0; row < mask.length; row++) mask[row] &= (validity[row >> 3] >> (row & 7)) & 1;
}

function narrowToNull(name: string, isNull: boolean): Narrow {
  return (batch, mask) => {
    const column: Column = batch.column(name);
    if (!isNull) return dropNulls(column, mask);
    const { validity } = column;
    if (validity === null) {
      mask.fill(0);
      return;
    }
    for (let row = 0; row < mask.length; row++) {
      mask[row] &= ~(validity[row >> 3] >> (row & 7)) & 1;
    }
  };
}

function narrowBool(name: string, wanted: 0 | 1): Narrow {
  return withoutNulls([name], (batch, mask) => {
    const { bits } = columnOf(batch, name, 'bool');
    for (let row = 0; row < mask.length; row++) {
      mask[row] &= +(((bits[row >> 3] >> (row & 7)) & 1) === wanted);
    }
  });
}

function compareInteger(
  column: IntegerColumn,
  { comparison, value }: Extract<Predicate, { kind: 'integer' }>,
  mask: Uint8Array,
): void {
  if (!isWide(column)) {
    // Beyond the column's 32 bits a double is exact enough to tell on which side.
    compareNumbers(column, comparison, Number(value), mask);
    return;
  }
  const [least, most] = rangeOf(column.type);
  if (value >= least && value <= most) {
    compareWords(column, comparison, value, mask);
  } else if (!compares(value < least ? 1n : -1n, comparison, 0n)) {
    // Every value there can be is on the same side.
    mask.fill(0);
  }
}

function narrowIntegers({
  column: name,
  values,
  isIn,
}: Extract<Predicate, { kind: 'integers' }>): Narrow {
  const numbers = new Set([...values].map(Number));
  return (batch, mask) => {
    const column = integerColumn(batch, name);
    for (let row = 0; row < mask.length; row++) {
      if (mask[row] === 0) continue;
      const value = column.values[row];
      const found = typeof value === 'bigint' ? values.has(value) : numbers.has(value);
      mask[row] = +(found === isIn);
    }
  };
}

/** The words of a dictionary are looked at once, and rows by their code. */
function narrowWords(name: string, isWanted: (word: string) => boolean): Narrow {
  const table = new Uint8Array(256);
  let known: readonly string[] | null = null;
  return withoutNulls([name], (batch, mask) => {
    const { codes, words } = columnOf(batch, name, 'dictionary');
    if (words !== known) {
      known = words;
      for (const [code, word] of words.entries()) table[code] = +isWanted(word);
    }
    for (let row = 0; row < mask.length; row++) mask[row] &= table[codes[row]];
  });
}

async function narrowPattern(
  { column: name, pattern, matches }: Extract<Predicate, { kind: 'pattern' }>,
  isDictionary: boolean,
): Promise<Narrow> {
  const parts = pattern.kind === 'glob' && !isDictionary ? aroundStar(pattern.source) : null;
  if (parts !== null) {
    const narrow = matchAround(parts, matches);
    return withoutNulls([name], (batch, mask) => narrow(columnOf(batch, name, 'utf8'), mask));
  }
  const test = await textTest(pattern);
  if (isDictionary) return narrowWords(name, (word) => test(word) === matches);
  return withoutNulls([name], (batch, mask) => {
    const column = columnOf(batch, name, 'utf8');
    for (let row = 0; row < mask.length; row++) {
      if (mask[row] !== 0) mask[row] = +(test(column.get(row) ?? '') === matches);
    }
  });
}
