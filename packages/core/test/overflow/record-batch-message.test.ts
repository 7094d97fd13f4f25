import { RecordBatchStreamWriter, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { toRecordBatch } from '../../src/arrow/index.js';
import {
  DictionaryColumn,
  EntryBatch,
  EntrySchema,
  type Field,
  fullEntrySchema,
  Utf8Column,
} from '../../src/index.js';
import { RecordBatchMessages } from '../../src/overflow/record-batch-message.js';
import { everyColumn, everyColumnBatch } from '../support/every-column.js';

function messageOf(
  schema: EntrySchema,
  batch: EntryBatch,
  messages = new RecordBatchMessages(schema),
): Buffer {
  const laidOut = messages.layOut(batch);
  // Whatever is there before is overwritten, or it would be in the padding.
  const message = Buffer.alloc(laidOut.byteLength, 0xaa);
  messages.write(laidOut, message);
  return message;
}

/** There and back, into memory that is longer, as slabs are. */
function roundTrip(schema: EntrySchema, batch: EntryBatch): EntryBatch {
  const messages = new RecordBatchMessages(schema);
  const message = messageOf(schema, batch, messages);
  const memory = new SharedArrayBuffer(message.length + 100);
  message.copy(Buffer.from(memory));
  return messages.read(memory);
}

function rowsOf(batch: EntryBatch): Record<string, unknown>[] {
  return Array.from({ length: batch.length }, (_, row) => batch.row(row));
}

const RECORD_BATCH = 3;

/** What an Arrow stream has before its record batches: the schema, and the dictionaries. */
function beginningOf(stream: Uint8Array): Uint8Array {
  const bytes = Buffer.from(stream);
  let at = 0;
  for (;;) {
    const metadata = bytes.readUInt32LE(at + 4);
    const table = at + 8 + bytes.readUInt32LE(at + 8);
    const vtable = table - bytes.readInt32LE(table);
    const place = (field: number) =>
      4 + 2 * field < bytes.readUInt16LE(vtable) ? bytes.readUInt16LE(vtable + 4 + 2 * field) : 0;
    if (bytes.readUInt8(table + place(1)) === RECORD_BATCH) return bytes.subarray(0, at);
    const body = place(3) === 0 ? 0n : bytes.readBigInt64LE(table + place(3));
    at += 8 + metadata + Number(body);
  }
}

describe('messages of Arrow', () => {
  it('are read by Arrow after the beginning of a stream of its own, as it reads what it wrote', async () => {
    const batches = [100, 8, 1].map((rows) => everyColumnBatch(rows, 17 * rows));
    const arrows = await RecordBatchStreamWriter.writeAll(
      batches.map(toRecordBatch),
    ).toUint8Array();
    const end = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    const ours = Buffer.concat([
      beginningOf(arrows),
      ...batches.map((batch) => messageOf(everyColumn, batch)),
      end,
    ]);
    const json = (stream: Uint8Array) => {
      const table = tableFromIPC(stream);
      const nulls = table.schema.fields.map(({ name }) => table.getChild(name)?.nullCount);
      return { rows: table.toArray().map((row) => row.toJSON()), nulls };
    };
    expect(json(ours)).toEqual(json(arrows));
    expect(json(ours).rows).toHaveLength(109);
  });

  it.each([0, 1, 7, 8, 9, 2048])('hold all of a batch of %d rows', (rows) => {
    const batch = everyColumnBatch(rows, 3);
    expect(rowsOf(roundTrip(everyColumn, batch))).toEqual(rowsOf(batch));
  });

  it('hold what is selected of a batch', () => {
    const batch = everyColumnBatch(100);
    const some = batch.select(Uint8Array.from({ length: 100 }, (_, row) => +(row % 3 === 1)));
    expect(rowsOf(roundTrip(everyColumn, some))).toEqual(rowsOf(some));
    const none = batch.select(new Uint8Array(100));
    expect(roundTrip(everyColumn, none).length).toBe(0);
  });

  it('hold of a text that is a part of a larger one that part alone', () => {
    const field: Field = { name: 'path', type: 'utf8', nullable: false, description: 'a name' };
    const schema = new EntrySchema([field]);
    const bytes = new Uint8Array(100_000).fill(0x78);
    bytes.set(Buffer.from('abcdef'), 50_000);
    const column = new Utf8Column(Int32Array.of(50_000, 50_002, 50_006), bytes);
    const batch = EntryBatch.of(schema, new Map([['path', column]]));
    expect(rowsOf(roundTrip(schema, batch))).toEqual([{ path: 'ab' }, { path: 'cdef' }]);
    expect(messageOf(schema, batch).length).toBeLessThan(500);
  });

  it('have the columns of their schema and leave others out', () => {
    const schema = fullEntrySchema.pick(new Set(['path', 'size']));
    const back = roundTrip(schema, everyColumnBatch(3));
    expect(back.schema.fields.map(({ name }) => name)).toEqual(['path', 'size']);
  });

  describe('of a column of words', () => {
    const schema = new EntrySchema([
      { name: 'kind', type: 'dictionary', nullable: false, values: ['x'], description: 'a word' },
    ]);
    const batchOf = (codes: number[], words: readonly string[]) =>
      EntryBatch.of(
        schema,
        new Map([['kind', new DictionaryColumn(Uint8Array.from(codes), words)]]),
      );

    it('give back its words, where those of the field are others', () => {
      const batch = batchOf([1, 0], ['a', 'b']);
      expect(rowsOf(roundTrip(schema, batch))).toEqual([{ kind: 'b' }, { kind: 'a' }]);
    });

    it('refuse others in a later batch', () => {
      const messages = new RecordBatchMessages(schema);
      messages.layOut(batchOf([0], ['a', 'b']));
      messages.layOut(batchOf([1], ['a', 'b']));
      for (const words of [['b', 'a'], ['a'], ['a', 'b', 'c']]) {
        expect(() => messages.layOut(batchOf([0], words))).toThrow(
          'Column "kind" has other words than in the batches before; give one vocabulary to all batches of a source.',
        );
      }
    });
  });
});
