import { BatchBuilder, EntryBatch, EntrySchema, type Field, NumberColumn } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { numberBatch, numberSchema } from '../support/counting-source.js';

const twice: Field = { name: 'twice', type: 'uint32', nullable: false, description: 'size * 2' };

function mask(length: number, keep: (row: number) => boolean): Uint8Array {
  return Uint8Array.from({ length }, (_, row) => (keep(row) ? 1 : 0));
}

describe('EntryBatch', () => {
  it('gives every column of a selected batch exactly the selected rows, in order', () => {
    const even = numberBatch(10).select(mask(10, (row) => row % 2 === 0));
    expect(even.length).toBe(5);
    expect([...even.column('size').values]).toEqual([0n, 2n, 4n, 6n, 8n]);
    expect(even.column('path').get(4)).toBe('/n/8');
    expect([...(even.selection ?? [])]).toEqual([0, 2, 4, 6, 8]);
  });

  it('composes selections of selections', () => {
    const even = numberBatch(12).select(mask(12, (row) => row % 2 === 0));
    const last = even.select(mask(6, (row) => row > 3));
    expect([...last.column('size').values]).toEqual([8n, 10n]);
    expect([...(last.selection ?? [])]).toEqual([8, 10]);
  });

  it('keeps added columns in step with selections made before and after', () => {
    const even = numberBatch(6).select(mask(6, (row) => row % 2 === 0));
    const values = Uint32Array.from(even.column('size').values, (size) => Number(size) * 2);
    const wide = even.with(new Map([[twice, new NumberColumn('uint32', values)]]));
    expect(wide.schema.fields.map(({ name }) => name)).toEqual(['path', 'size', 'twice']);
    const last = wide.select(mask(3, (row) => row === 2));
    expect(last.row(0)).toEqual({ path: '/n/4', size: 4n, twice: 8 });
  });

  it('returns itself when a mask keeps every row', () => {
    const batch = numberBatch(3);
    expect(batch.select(mask(3, () => true))).toBe(batch);
    expect(batch.selection).toBeNull();
  });

  it('refuses a mask of another length, a missing column and one of another type or length', () => {
    const batch = numberBatch(3);
    expect(() => batch.select(new Uint8Array(2))).toThrow(/2 bytes for a batch of 3 rows/);
    expect(() => batch.column('nothing')).toThrow(/no column "nothing"/);
    expect(() => EntryBatch.of(numberSchema, new Map())).toThrow(/"path" of a batch is missing/);
    const short = new NumberColumn('uint32', new Uint32Array(2));
    expect(() => batch.with(new Map([[twice, short]]))).toThrow(/has 2 rows, not 3/);
    const other = new NumberColumn('int32', new Int32Array(3));
    expect(() => batch.with(new Map([[twice, other]]))).toThrow(/is int32, not uint32/);
  });

  it('asks for a column when a stage does, and for no other', () => {
    const whole = numberBatch(6);
    const asked: string[] = [];
    const get = (name: string) => {
      asked.push(name);
      return whole.column(name);
    };
    const even = EntryBatch.over(numberSchema, 6, { get }).select(mask(6, (row) => row % 2 === 0));
    expect(asked).toEqual([]);
    expect([...even.column('size').values]).toEqual([0n, 2n, 4n]);
    expect(even.narrowedTo(numberSchema.pick(new Set(['size']))).has('path')).toBe(false);
    expect(asked).toEqual(['size']);
  });

  it('keeps nulls through building and selecting, for every column type', () => {
    const types = [
      'utf8',
      'binary',
      'bool',
      'int32',
      'uint32',
      'float64',
      'int64',
      'uint64',
      'timestamp',
    ] as const;
    const values = {
      utf8: 'é',
      binary: new Uint8Array([255, 0]),
      bool: true,
      int32: -5,
      uint32: 2 ** 32 - 1,
      float64: 0.5,
      int64: -1n,
      uint64: 2n ** 64n - 1n,
      timestamp: -1n,
    };
    const schema = new EntrySchema([
      ...types.map((type) => ({ name: type, type, nullable: true, description: '' })),
      {
        name: 'dictionary',
        type: 'dictionary',
        nullable: true,
        values: ['a', 'b'],
        description: '',
      },
    ]);
    const builder = new BatchBuilder(schema);
    for (let row = 0; row < 20; row++) {
      builder.append(row % 3 === 0 ? {} : { ...values, dictionary: 'b' });
    }
    const batch = builder.finish();
    const kept = batch.select(mask(20, (row) => row % 2 === 0));
    for (let row = 0; row < kept.length; row++) {
      const isNull = (row * 2) % 3 === 0;
      for (const type of types) {
        expect(kept.column(type).get(row)).toEqual(isNull ? null : values[type]);
      }
      expect(kept.column('dictionary').get(row)).toBe(isNull ? null : 'b');
    }
  });

  it('holds its columns in memory that worker threads can share', () => {
    const batch = numberBatch(4);
    expect(batch.column('size').values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(batch.column('path').bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    const some = batch.select(mask(4, (row) => row > 1));
    expect(some.column('size').values.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe('BatchBuilder', () => {
  it('refuses a value that does not fit its column, naming both', () => {
    const builder = new BatchBuilder(numberSchema);
    expect(() => builder.append({ path: '/x', size: 5 })).toThrow(
      /"size" is uint64, not nullable, and was given number 5/,
    );
    expect(() => new BatchBuilder(numberSchema).append({ size: 5n })).toThrow(/"path" is utf8/);
  });
});
