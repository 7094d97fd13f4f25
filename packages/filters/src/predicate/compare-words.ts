import { endianness } from 'node:os';
import type { BigIntColumn } from '@pwalk/core';
import type { Comparison } from './predicate.js';

/**
 * 64-bit comparisons without a BigInt per row: each value is read as two halves of 32 bits, and the
 * upper halves decide unless they are equal. Halves are compared as signed numbers, which V8 keeps in
 * registers; flipping the top bit of unsigned ones makes their order that of signed ones.
 *
 * All of these clear the bytes of `mask` at rows that do not compare; what they do at rows that are
 * null is undefined.
 */

/** Position of the upper half among the two: columns are in the machine's own byte order. */
const HIGH = endianness() === 'LE' ? 1 : 0;
const LOW = 1 - HIGH;
const TOP_BIT = -0x8000_0000;

function halves({ buffer, byteOffset, length }: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** What the upper half of a value is flipped by. */
function flipOf(column: BigIntColumn): number {
  return column.type === 'uint64' ? TOP_BIT : 0;
}

/** The range of values a 64-bit column can have. */
export function rangeOf(type: 'int64' | 'uint64' | 'timestamp'): readonly [bigint, bigint] {
  return type === 'uint64' ? [0n, 2n ** 64n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
}

/** @param value within the column's range */
export function compareWords(
  column: BigIntColumn,
  comparison: Comparison,
  value: bigint,
  mask: Uint8Array,
): void {
  const words = halves(column.values);
  const flip = flipOf(column);
  const upper = Number(BigInt.asIntN(32, value >> 32n)) ^ flip;
  const lower = Number(BigInt.asIntN(32, value)) ^ TOP_BIT;
  const wanted = wantedOf(comparison);
  const rows = mask.length;
  switch (comparison) {
    case '==':
    case '!=':
      for (let row = 0; row < rows; row++) {
        const high = words[row * 2 + HIGH] ^ flip;
        const low = words[row * 2 + LOW] ^ TOP_BIT;
        if ((high === upper && low === lower) !== wanted) mask[row] = 0;
      }
      return;
    case '<':
    case '>=':
      for (let row = 0; row < rows; row++) {
        const high = words[row * 2 + HIGH] ^ flip;
        const low = words[row * 2 + LOW] ^ TOP_BIT;
        if ((high < upper || (high === upper && low < lower)) !== wanted) mask[row] = 0;
      }
      return;
    case '<=':
    case '>':
      for (let row = 0; row < rows; row++) {
        const high = words[row * 2 + HIGH] ^ flip;
        const low = words[row * 2 + LOW] ^ TOP_BIT;
        if ((high < upper || (high === upper && low <= lower)) !== wanted) mask[row] = 0;
      }
  }
}

/** Two columns that are both signed or both unsigned. */
export function compareWordColumns(
  left: BigIntColumn,
  comparison: Comparison,
  right: BigIntColumn,
  mask: Uint8Array,
): void {
  const a = halves(left.values);
  const b = halves(right.values);
  const flip = flipOf(left);
  const wanted = wantedOf(comparison);
  const rows = mask.length;
  for (let row = 0; row < rows; row++) {
    const high = a[row * 2 + HIGH] ^ flip;
    const low = a[row * 2 + LOW] ^ TOP_BIT;
    const upper = b[row * 2 + HIGH] ^ flip;
    const lower = b[row * 2 + LOW] ^ TOP_BIT;
    const isLess = high < upper || (high === upper && low < lower);
    const isSame = high === upper && low === lower;
    if (answer(comparison, isLess, isSame) !== wanted) mask[row] = 0;
  }
}

/** Each comparison is one of `==`, `<` and `<=`, or the opposite of one. */
function wantedOf(comparison: Comparison): boolean {
  return comparison === '==' || comparison === '<' || comparison === '<=';
}

function answer(comparison: Comparison, isLess: boolean, isSame: boolean): boolean {
  if (comparison === '==' || comparison === '!=') return isSame;
  return comparison === '<' || comparison === '>=' ? isLess : isLess || isSame;
}

/**
 * Writes each value as a double where a double holds it exactly, else as NaN.
 * For calculations that are done exactly only where they must be.
 */
export function exactDoubles(column: BigIntColumn, into: Float64Array): void {
  const words = halves(column.values);
  const rows = into.length;
  // The upper half of what is at least 2^63 is below zero here, and too low to be taken for exact.
  const least = column.type === 'uint64' ? 0 : -0x20_0000;
  for (let row = 0; row < rows; row++) {
    const high = words[row * 2 + HIGH];
    const low = words[row * 2 + LOW] >>> 0;
    into[row] = high >= least && high < 0x20_0000 ? high * 2 ** 32 + low : Number.NaN;
  }
}
