import { BatchBuilder, EntrySchema, fullEntrySchema } from '@pwalk/core';
import { toArrowSchema, toRecordBatch } from '@pwalk/core/arrow';
import { RecordBatchStreamWriter, tableFromIPC } from 'apache-arrow';
import { expect, it } from 'vitest';

const row = {
  path: '/a/é',
  name: 'é',
  ext: '',
  type: 'fifo',
  inode: 2n ** 64n - 1n,
  parent_inode: 7n,
  depth: 0,
  state: 'ok',
  operation: 'none',
  mtime: -1_500_001n,
} as const;

it('gives Arrow record batches that a writer takes in sequence and a reader reads back', async () => {
  const builder = new BatchBuilder(fullEntrySchema);
  const batches = [1, 2, 3].map((rows) => {
    for (let i = 0; i < rows; i++) builder.append({ ...row, depth: i, is_hardlink: i === 1 });
    return toRecordBatch(builder.finish());
  });
  const table = tableFromIPC(await RecordBatchStreamWriter.writeAll(batches).toUint8Array());
  expect(table.numRows).toBe(6);
  const last = table.get(5)?.toJSON();
  expect(last).toMatchObject({
    path: '/a/é',
    type: 'fifo',
    inode: 2n ** 64n - 1n,
    depth: 2,
    state: 'ok',
    size: null,
  });
  expect(table.getChild('is_hardlink')?.get(4)).toBe(true);
  // Microseconds before 1970, read as milliseconds by arrow-js.
  expect(table.getChild('mtime')?.get(0)).toBeCloseTo(-1500.001, 3);
});

it('makes one Arrow schema per schema, so that dictionary ids never change', () => {
  const schema = new EntrySchema(fullEntrySchema.fields);
  expect(toArrowSchema(schema)).toBe(toArrowSchema(schema));
});

it('converts a selection', async () => {
  const builder = new BatchBuilder(fullEntrySchema);
  for (let i = 0; i < 4; i++) builder.append({ ...row, depth: i });
  const record = await builder
    .finish()
    .select(Uint8Array.of(0, 1, 0, 1))
    .toRecordBatch();
  expect([...(record.getChild('depth') ?? [])]).toEqual([1, 3]);
});
