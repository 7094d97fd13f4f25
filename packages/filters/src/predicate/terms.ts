import type { BigIntColumn, EntryBatch, NumberColumn } from '@pwalk/core';
import { columnOf } from './column-of.js';
import { compares } from './compare-numbers.js';
import { compareWordColumns, exactDoubles } from './compare-words.js';
import type { Comparison, Term } from './predicate.js';

/** A column of whole numbers. */
export type IntegerColumn = BigIntColumn | NumberColumn;

/** The column of that name, which the schema says holds whole numbers. */
export function integerColumn(batch: EntryBatch, name: string): IntegerColumn {
  return columnOf(batch, name, 'int32', 'uint32', 'int64', 'uint64', 'timestamp');
}

export function isWide(column: IntegerColumn): column is BigIntColumn {
  return column.values instanceof BigUint64Array || column.values instanceof BigInt64Array;
}

/**
 * Clears the bytes of `mask` at rows whose two calculations do not compare; undefined where a column
 * is null. Numbers are as large as they get: each row is calculated with doubles, and again with
 * BigInts where a double does not hold a value exactly.
 */
export function compareTerms(
  batch: EntryBatch,
  left: Term,
  comparison: Comparison,
  right: Term,
  mask: Uint8Array,
): void {
  if (left.kind === 'column' && right.kind === 'column') {
    const [a, b] = [integerColumn(batch, left.name), integerColumn(batch, right.name)];
    if (isWide(a) && isWide(b) && (a.type === 'uint64') === (b.type === 'uint64')) {
      compareWordColumns(a, comparison, b, mask);
      return;
    }
  }
  if (compareBits(batch, left, comparison, right, mask)) return;
  const a = doubles(batch, left);
  const b = doubles(batch, right);
  const exactA = integers(batch, left);
  const exactB = integers(batch, right);
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const x = a(row);
    const y = b(row);
    mask[row] = +(Number.isNaN(x) || Number.isNaN(y)
      ? compares(exactA(row), comparison, exactB(row))
      : compares(x, comparison, y));
  }
}

/** `column & bits == value` of 32 bits, which is what permissions are asked for by. False for anything else. */
function compareBits(
  batch: EntryBatch,
  left: Term,
  comparison: Comparison,
  right: Term,
  mask: Uint8Array,
): boolean {
  if (left.kind !== '&' || right.kind !== 'constant') return false;
  if (comparison !== '==' && comparison !== '!=') return false;
  if (left.left.kind !== 'column' || left.right.kind !== 'constant') return false;
  const column = integerColumn(batch, left.left.name);
  const bits = left.right.value;
  if (isWide(column) || bits < 0n || bits >= 2n ** 31n) return false;
  const { values } = column;
  const wide = Number(bits);
  const value = Number(right.value);
  const wanted = comparison === '==';
  for (let row = 0; row < mask.length; row++) {
    if (((values[row] & wide) === value) !== wanted) mask[row] = 0;
  }
  return true;
}

/** The value of a term as a double, NaN where it, or a value on the way to it, is not exact. */
function doubles(batch: EntryBatch, term: Term): (row: number) => number {
  switch (term.kind) {
    case 'constant': {
      const value = exact(Number(term.value));
      return () => value;
    }
    case 'column': {
      const column = integerColumn(batch, term.name);
      if (isWide(column)) return exactDoubles(column);
      const { values } = column;
      return (row) => values[row];
    }
    default: {
      const [left, right] = [doubles(batch, term.left), doubles(batch, term.right)];
      switch (term.kind) {
        case '+':
          return (row) => exact(left(row) + right(row));
        case '-':
          return (row) => exact(left(row) - right(row));
        case '*':
          return (row) => exact(left(row) * right(row));
        case '&':
          return (row) => andOfDoubles(left(row), right(row));
      }
    }
  }
}

/** A result that rounding may have touched is at least 2^53 in size. */
function exact(value: number): number {
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

const HALF = 2 ** 32;

function andOfDoubles(a: number, b: number): number {
  // Negative numbers have infinitely many leading ones; BigInts know how to do that.
  if (!(a >= 0 && b >= 0)) return Number.NaN;
  const high = Math.floor(a / HALF) & Math.floor(b / HALF);
  return high * HALF + (((a % HALF) & (b % HALF)) >>> 0);
}

/** The value of a term, exactly. */
function integers(batch: EntryBatch, term: Term): (row: number) => bigint {
  switch (term.kind) {
    case 'constant': {
      const { value } = term;
      return () => value;
    }
    case 'column': {
      const { values } = integerColumn(batch, term.name);
      return (row) => BigInt(values[row]);
    }
    default: {
      const [left, right] = [integers(batch, term.left), integers(batch, term.right)];
      switch (term.kind) {
        case '+':
          return (row) => left(row) + right(row);
        case '-':
          return (row) => left(row) - right(row);
        case '*':
          return (row) => left(row) * right(row);
        case '&':
          return (row) => left(row) & right(row);
      }
    }
  }
}
