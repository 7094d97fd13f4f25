import type { NumberColumn } from '@pwalk/core';
import type { Comparison } from './predicate.js';

/** Clears the bytes of `mask` at rows that do not compare; undefined where a row is null. */
export function compareNumbers(
  { values }: NumberColumn,
  comparison: Comparison,
  value: number,
  mask: Uint8Array,
): void {
  switch (comparison) {
    case '==':
      for (let row = 0; row < mask.length; row++) mask[row] &= +(values[row] === value);
      return;
    case '!=':
      for (let row = 0; row < mask.length; row++) mask[row] &= +(values[row] !== value);
      return;
    case '<':
      for (let row = 0; row < mask.length; row++) mask[row] &= +(values[row] < value);
      return;
    case '<=':
      for (let row = 0; row < mask.length; row++) mask[row] &= +(values[row] <= value);
      return;
    case '>':
      for (let row = 0; row < mask.length; row++) mask[row] &= +(values[row] > value);
      return;
    case '>=':
      for (let row = 0; row < mask.length; row++) mask[row] &= +(values[row] >= value);
  }
}

/** Whether two numbers of one kind compare. */
export function compares<T extends number | bigint>(a: T, comparison: Comparison, b: T): boolean {
  switch (comparison) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}
