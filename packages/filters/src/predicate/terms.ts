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
  const rows = mask.length;
  const [a, b] = [doubles(batch, left, rows, 0), doubles(batch, right, rows, 1)];
  compareDoubles(a, comparison, b, mask);
  let exactly: ((row: number) => boolean) | null = null;
  for (let row = 0; row < rows; row++) {
    if (mask[row] !== INEXACT) continue;
    exactly ??= exactComparison(batch, left, comparison, right);
    mask[row] = +exactly(row);
  }
}

/** In a mask: doubles cannot tell. */
const INEXACT = 2;

/** Clears the bytes of `mask` at rows that do not compare, and makes those of which one is NaN `INEXACT`. */
function compareDoubles(
  a: Float64Array,
  comparison: Comparison,
  b: Float64Array,
  mask: Uint8Array,
): void {
  const rows = mask.length;
  // Of each comparison and its opposite one holds, but with NaN neither does.
  const [less, same, more] = outcomes(comparison);
  for (let row = 0; row < rows; row++) {
    if (mask[row] === 0) continue;
    const x = a[row];
    const y = b[row];
    mask[row] = x < y ? less : x === y ? same : x > y ? more : INEXACT;
  }
}

/** Whether it holds when the left is less, the same, more. */
function outcomes(comparison: Comparison): [number, number, number] {
  return [+compares(0, comparison, 1), +compares(0, comparison, 0), +compares(1, comparison, 0)];
}

function exactComparison(
  batch: EntryBatch,
  left: Term,
  comparison: Comparison,
  right: Term,
): (row: number) => boolean {
  const [a, b] = [integers(batch, left), integers(batch, right)];
  return (row) => compares(a(row), comparison, b(row));
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

/** Memory for calculations, one for each place of a term; batches are worked on one at a time. */
const scratch: Float64Array[] = [];

function doublesAt(place: number, rows: number): Float64Array {
  let memory = scratch[place];
  if (memory === undefined || memory.length < rows) {
    memory = new Float64Array(rows);
    scratch[place] = memory;
  }
  return memory.subarray(0, rows);
}

/**
 * The values of a term as doubles, NaN where one, or a value on the way to it, is not exact. Column by
 * column: a loop over all rows for each operation.
 * @param place of the result in the scratch memory; what is below it in the term lies in those that follow twice over
 */
function doubles(batch: EntryBatch, term: Term, rows: number, place: number): Float64Array {
  const into = doublesAt(place, rows);
  if (term.kind === 'constant') return into.fill(exact(Number(term.value)));
  if (term.kind === 'column') {
    const column = integerColumn(batch, term.name);
    if (isWide(column)) exactDoubles(column, into);
    else into.set(column.values.subarray(0, rows));
    return into;
  }
  doubles(batch, term.left, rows, place);
  const b = doubles(batch, term.right, rows, place + 2);
  switch (term.kind) {
    case '+':
      for (let row = 0; row < rows; row++) into[row] = exact(into[row] + b[row]);
      break;
    case '-':
      for (let row = 0; row < rows; row++) into[row] = exact(into[row] - b[row]);
      break;
    case '*':
      for (let row = 0; row < rows; row++) into[row] = exact(into[row] * b[row]);
      break;
    case '&':
      for (let row = 0; row < rows; row++) into[row] = andOfDoubles(into[row], b[row]);
  }
  return into;
}

const MOST_EXACT = Number.MAX_SAFE_INTEGER;

/** A result that rounding may have touched is at least 2^53 in size. */
function exact(value: number): number {
  return value <= MOST_EXACT && value >= -MOST_EXACT ? value : Number.NaN;
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
