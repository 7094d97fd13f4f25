import { type Column, EntryBatch, type EntrySchema } from '@pwalk/core';
import { collectYoung } from '@pwalk/core/memory';

/** Bytes of new batches after which the dead ones among them are to be collected. */
const NURSERY_BYTES = 1024 * 1024;

/** Of a row besides its path. */
const ROW_BYTES = 96;

let bytes = 0;

/** A batch of a table. V8 does not count the memory of its columns for what it is: it is told when to look. */
export function tableBatch(schema: EntrySchema, columns: ReadonlyMap<string, Column>): EntryBatch {
  const batch = EntryBatch.of(schema, columns);
  bytes += batch.length * ROW_BYTES + batch.column('path').bytes.byteLength;
  if (bytes >= NURSERY_BYTES) {
    bytes = 0;
    collectYoung();
  }
  return batch;
}
