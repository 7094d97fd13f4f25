import {
  BatchBuilder,
  type EntryBatch,
  type EntrySchema,
  type Field,
  fullEntrySchema,
  type Value,
} from '../../src/index.js';

const others: readonly Field[] = [
  { name: 'share', type: 'float64', nullable: true, description: 'a number' },
  { name: 'change', type: 'int64', nullable: true, description: 'a number' },
];

/** Every column of the entries table and one of every other type. */
export const everyColumn: EntrySchema = fullEntrySchema.with(others);

const names = ['a', 'größe.dat', '', '日本語', 'x'.repeat(255)];

/** Rows of every type of column, from the row of that number: extremes, and nulls where there may be any. */
export function everyColumnBatch(rows: number, first = 0): EntryBatch {
  const builder = new BatchBuilder(everyColumn);
  for (let row = first; row < first + rows; row++) {
    builder.append(
      Object.fromEntries(
        everyColumn.fields.map((field, at) => [field.name, sample(field, row, at)]),
      ),
    );
  }
  return builder.finish();
}

function sample({ type, nullable, values = [] }: Field, row: number, at: number): Value {
  // Some columns have no null, and some nothing else, in many rows.
  if (nullable && (at % 5 === 0 ? row % 512 > 2 : row % 7 === at % 7 && at % 3 !== 0)) return null;
  switch (type) {
    case 'utf8':
      return names[(row + at) % names.length] ?? '';
    case 'binary':
      return Uint8Array.of(0xff, row & 0xff, 0);
    case 'bool':
      return row % 3 === 0;
    case 'int32':
      return row % 2 === 0 ? -row : 2_147_483_647;
    case 'uint32':
      return row % 2 === 0 ? row : 4_294_967_295;
    case 'float64':
      return row / 3;
    case 'int64':
    case 'timestamp':
      return row % 2 === 0 ? BigInt(-row) : 9_007_199_254_740_991n;
    case 'uint64':
      return row % 2 === 0 ? BigInt(row) : 18_446_744_073_709_551_615n;
    case 'dictionary':
      return values[row % values.length] ?? '';
  }
}
