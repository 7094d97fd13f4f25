import { BatchBuilder, type EntryBatch, EntrySchema, type Field, type Value } from '@pwalk/core';

/** The same sequence for the same seed, on every machine (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const words = ['ok', 'denied', '', 'größer'];

/** Every column type, nullable and not, and the names that have a layout of their own. */
export const everyType = new EntrySchema(
  (
    [
      'utf8',
      'binary',
      'bool',
      'int32',
      'uint32',
      'float64',
      'int64',
      'uint64',
      'timestamp',
      'dictionary',
    ] as const
  )
    .flatMap((type) => [
      field(`${type}_required`, type, false),
      field(`${type}_nullable`, type, true),
    ])
    .concat(
      field('path', 'utf8', false),
      field('name', 'utf8', true),
      field('inode', 'uint64', true),
    ),
);

function field(name: string, type: Field['type'], nullable: boolean): Field {
  const base = { name, type, nullable, description: '' };
  return type === 'dictionary' ? { ...base, values: words } : base;
}

export type Row = Record<string, Value>;

/** A row of values that are often equal, sometimes extreme, sometimes null. */
export function randomRow(
  schema: EntrySchema,
  random: (below: number) => number,
  variety: number,
): Row {
  const row: Row = {};
  for (const { name, type, nullable } of schema.fields) {
    row[name] = nullable && random(4) === 0 ? null : randomValue(type, random, variety);
  }
  return row;
}

const extremes: Partial<Record<Field['type'], readonly Value[]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1, 0, -1],
  uint32: [0, 2 ** 32 - 1, 2 ** 31],
  int64: [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n],
  uint64: [0n, 2n ** 64n - 1n, 2n ** 63n],
  float64: [-0.5, 1e300, -1e-300, Infinity, 0],
  // The largest and smallest are infinities to DuckDB.
  timestamp: [-1n, 0n, 253_402_300_799_999_999n, -62_135_596_800_000_000n],
  utf8: ['', 'ü'.repeat(40), '\u{1F600}', 'a'.repeat(300)],
};

function randomValue(
  type: Field['type'],
  random: (below: number) => number,
  variety: number,
): Value {
  const extreme = extremes[type];
  if (extreme !== undefined && random(10) === 0) return extreme[random(extreme.length)] ?? null;
  const number = random(variety);
  switch (type) {
    case 'bool':
      return number % 2 === 0;
    case 'int32':
      return number - 3;
    case 'uint32':
      return number;
    case 'float64':
      return number / 3;
    case 'int64':
    case 'timestamp':
      return BigInt(number) * 1_000_003n - 5n;
    case 'uint64':
      return BigInt(number) ** 2n;
    case 'dictionary':
      return words[number % words.length] ?? '';
    case 'binary':
      return Buffer.from([255, number & 255, 0, number >> 8]).subarray(0, number % 5);
    case 'utf8':
      return `/usr/share/${number >> 3}/entry ${number}`;
  }
}

export function batchOf(schema: EntrySchema, rows: readonly Row[]): EntryBatch {
  const builder = new BatchBuilder(schema);
  for (const row of rows) builder.append(row);
  return builder.finish();
}
