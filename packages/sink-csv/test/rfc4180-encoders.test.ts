import {
  type Column,
  DictionaryColumn,
  defaultEntrySchema,
  EntryBatch,
  EntrySchema,
  entryTypes,
  Utf8Column,
} from '@pwalk/core';
import { expect, test } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { nativeRfc4180Encoder } from '../src/rfc4180-native.js';
import { type Rfc4180Settings, ScriptRfc4180Encoder } from '../src/rfc4180-script.js';
import { batchOf, fileRow, type Row, randomNumbers, randomRow } from './support/data.js';
import { encoded } from './support/encoded.js';
import { rejection } from './support/writing.js';

const loaded = loadAddon();
if (loaded instanceof Error) throw loaded;
const addon = loaded;

/** The walker's columns and one of each type that it has none of. */
const schema = new EntrySchema([
  ...defaultEntrySchema.fields,
  { name: 'ratio', type: 'float64', nullable: true, description: 'A number of a plugin' },
  { name: 'delta', type: 'int64', nullable: true, description: 'A number with a sign' },
  {
    name: 'colour',
    type: 'dictionary',
    nullable: true,
    values: ['', '=red', 'say "green"', "it's, blue", '＋1', '-'],
    description: 'Words that have to be quoted',
  },
]);
const allColumns = schema.fields.map(({ name }) => name);
const colours = schema.field('colour')?.values ?? [];

type Random = ReturnType<typeof randomNumbers>;

/** Doubles of every form in which JavaScript prints them. */
function randomDouble(random: Random): number {
  const edges = [0, -0, 1e21, 1e20, 123456789012345680000, 1e-6, 1e-7, 5e-324, 2 ** 53, NaN];
  switch (random(4)) {
    case 0:
      return edges[random(edges.length)];
    case 1:
      return Number(`${random(2) === 0 ? '-' : ''}${random(10 ** 6)}e${random(640) - 330}`);
    case 2:
      return random(1000) / 8;
    default:
      return (random(2 ** 31) / 7) * (random(2) - 0.5);
  }
}

function anyRow(random: Random): Row {
  const texts = ['\ttab', '=1+1', '＝1', "'quoted'", '0;0', '€', '\u{1f600}', '\ufeff', ''];
  const row = randomRow(random);
  return {
    ...row,
    ...(random(4) === 0 ? { name: texts[random(texts.length)] } : {}),
    ...(random(4) === 0 ? { ext: texts[random(texts.length)] } : {}),
    ratio: random(5) === 0 ? null : randomDouble(random),
    delta: random(5) === 0 ? null : BigInt.asIntN(64, BigInt(random(2 ** 31) - 2 ** 30) ** 3n),
    colour: random(5) === 0 ? null : colours[random(colours.length)],
  };
}

async function expectSame(settings: Rfc4180Settings, batch: EntryBatch, chunkBytes = 1 << 22) {
  const native = await encoded(nativeRfc4180Encoder(addon, schema, settings, chunkBytes), batch);
  const script = await encoded(new ScriptRfc4180Encoder(settings), batch);
  expect(native.text).toBe(script.text);
  expect(native.printed).toBe(batch.length);
  return native;
}

const random = randomNumbers(11);
const batch = batchOf(
  Array.from({ length: 700 }, () => anyRow(random)),
  schema,
);

// Also characters that times, numbers, booleans and hexadecimal have, and of several bytes.
const delimiters = [
  ',',
  ';',
  '\t',
  '|',
  ' ',
  "'",
  '1',
  '-',
  ':',
  'T',
  'e',
  'a',
  'é',
  '€',
  '\u{1f600}',
  '\\',
  '\0',
];

test.each(
  (['minimal', 'all', 'strings'] as const).flatMap((quoting) =>
    [false, true].map((safe) => [quoting, safe] as const),
  ),
)('native and JavaScript print the same bytes: quoting %s, safe %s', async (quoting, safe) => {
  for (const delimiter of delimiters) {
    await expectSame({ columns: allColumns, delimiter, quoting, safe }, batch);
  }
});

test.each(['minimal', 'all', 'strings'] as const)(
  'each column alone, in any order and twice: quoting %s',
  async (quoting) => {
    for (const name of allColumns) {
      await expectSame({ columns: [name], delimiter: ',', quoting, safe: true }, batch);
    }
    const columns = [...allColumns.toReversed(), 'path', 'path'];
    await expectSame({ columns, delimiter: ',', quoting, safe: false }, batch);
  },
);

test('texts of every length, with what has to be quoted at every place', async () => {
  const rows = ['"', '\n', '\r', ',', '€', '\0', 'x'].flatMap((special) =>
    Array.from({ length: 20 }, (_, length) =>
      Array.from({ length: length + 1 }, (_, at) =>
        fileRow({ name: `${'y'.repeat(at)}${special}${'z'.repeat(length - at)}` }),
      ),
    ).flat(),
  );
  for (const delimiter of [',', '€']) {
    const settings = {
      columns: ['name', 'ext'],
      delimiter,
      quoting: 'minimal',
      safe: true,
    } as const;
    await expectSame(settings, batchOf(rows));
  }
});

test('small chunks change nothing, and a chunk grows for a path that is longer than it', async () => {
  const long = anyRow(random);
  const rows = [
    ...Array.from({ length: 50 }, () => anyRow(random)),
    { ...long, path: `/${'x"'.repeat(9000)}`, path_raw: Buffer.alloc(9000, 'é') },
    anyRow(random),
  ];
  const settings = { columns: allColumns, delimiter: ',', quoting: 'all', safe: true } as const;
  const pieces = await expectSame(settings, batchOf(rows, schema), 2000);
  expect(pieces.chunks).toBeGreaterThan(5);
});

test('a batch narrowed by a filter is printed as it reads', async () => {
  const narrowed = batch.select(Uint8Array.from({ length: batch.length }, (_, row) => row % 3));
  const settings = {
    columns: allColumns,
    delimiter: ',',
    quoting: 'minimal',
    safe: false,
  } as const;
  const { text } = await expectSame(settings, narrowed);
  expect(text.length).toBeGreaterThan(10_000);
});

test('a batch whose buffers contradict each other is refused, and a code without a word is empty', async () => {
  const good = batchOf([fileRow(), fileRow()]);
  const of = (name: string, column: Column) =>
    EntryBatch.of(
      defaultEntrySchema,
      new Map<string, Column>([
        ...defaultEntrySchema.fields.map((field) => [field.name, good.column(field.name)] as const),
        [name, column],
      ]),
    );
  const columns = ['path', 'type'];
  const settings = { columns, delimiter: ',', quoting: 'minimal', safe: false } as const;
  for (const offsets of [Int32Array.of(0, 9, 4), Int32Array.of(0, 9, 40)]) {
    const broken = of('path', new Utf8Column(offsets, Buffer.from('too short')));
    const encoder = nativeRfc4180Encoder(addon, defaultEntrySchema, settings, 1 << 16);
    expect((await rejection(encoded(encoder, broken))).code).toBe('PWALK_SCHEMA_INVALID');
  }
  await expectSame(settings, of('type', new DictionaryColumn(Uint8Array.of(1, 99), entryTypes)));
});

test('the event loop turns while JavaScript encodes a large batch', async () => {
  const large = batchOf(Array.from({ length: 20_000 }, () => fileRow()));
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  const settings = {
    columns: ['path', 'mtime'],
    delimiter: ',',
    quoting: 'minimal',
    safe: false,
  } as const;
  await encoded(new ScriptRfc4180Encoder(settings), large);
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(5);
});

test('arguments of the wrong kind are errors, not crashes', () => {
  const options = { columns: [{ type: 0, words: [] }], delimiter: ',', quoting: 0, safe: false };
  const { Rfc4180Encoder } = addon;
  expect(() => new Rfc4180Encoder({ ...options, columns: [] })).toThrow(/columns/);
  expect(() => new Rfc4180Encoder({ ...options, delimiter: '' })).toThrow(/delimiter/);
  expect(() => new Rfc4180Encoder({ ...options, quoting: 3 })).toThrow(/unknown value/);
  expect(() => new Rfc4180Encoder({ ...options, columns: [{ type: -1, words: [] }] })).toThrow(
    /unknown value/,
  );
  expect(() => new Rfc4180Encoder(options).encode(1, [], 0, new Uint8Array(8))).toThrow(
    /number of columns/,
  );
});
