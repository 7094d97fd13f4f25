import type { Field } from '@pwalk/core';
import type { Comparison, Predicate } from '../predicate/predicate.js';
import { describe, type Value } from './value.js';

/** A column that holds no whole numbers. */
export function compareColumn(
  field: Field,
  operator: Comparison,
  right: Value,
  fail: (sentence: string) => Error,
): Predicate {
  const { name: column, type } = field;
  if (type === 'float64') {
    const value = right.type === 'real' ? right.value : realOf(right);
    if (value === null) throw fail(`The column ${column} is compared with a number.`);
    return { kind: 'real', column, comparison: operator, value };
  }
  if (operator !== '==' && operator !== '!=') {
    throw fail(`The column ${column} (${type}) has no order here; use ==, !=, in, =~ or glob.`);
  }
  const isIn = operator === '==';
  if (type === 'bool' && right.type === 'boolean') {
    return { kind: 'bool', column, value: right.value === isIn };
  }
  if (type === 'dictionary' && right.type === 'text') {
    return words(field, [right.value], isIn, fail);
  }
  if (type === 'utf8' && right.type === 'text') {
    return { kind: 'texts', column, texts: new Set([right.value]), isIn };
  }
  if (type === 'utf8' && right.type === 'column' && right.field.type === 'utf8') {
    return { kind: 'same', left: column, right: right.field.name, isSame: isIn };
  }
  throw fail(
    `The column ${column} (${type}) cannot be compared with ${describe(right).toLowerCase()}.`,
  );
}

function realOf(value: Value): number | null {
  return value.type === 'integer' && value.term.kind === 'constant'
    ? Number(value.term.value)
    : null;
}

/** The words of a dictionary column that are, or are not, among some. @throws PwalkError for others */
export function words(
  field: Field,
  wanted: readonly string[],
  isIn: boolean,
  fail: (sentence: string) => Error,
): Predicate {
  const vocabulary = field.values ?? [];
  const unknown = wanted.find((word) => !vocabulary.includes(word));
  if (unknown !== undefined) {
    throw fail(
      `The column ${field.name} is never "${unknown}"; it is one of ${vocabulary.join(', ')}.`,
    );
  }
  const chosen = vocabulary.filter((word) => wanted.includes(word) === isIn);
  return { kind: 'words', column: field.name, words: new Set(chosen) };
}
