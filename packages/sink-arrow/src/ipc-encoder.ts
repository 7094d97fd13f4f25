import {
  ENTRY_SCHEMA_VERSION,
  type EntryBatch,
  type EntrySchema,
  type ScanFacts,
} from '@pwalk/core';
import { toArrowSchema, toRecordBatch } from '@pwalk/core/arrow';
import type { FileEncoder } from '@pwalk/core/io';
import {
  AsyncByteQueue,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  type RecordBatchWriter,
  Schema,
} from 'apache-arrow';

/** Where apache-arrow's writers put their bytes, to be taken out at once. */
class Taken extends AsyncByteQueue {
  #parts: Uint8Array[] = [];

  override write(part: Uint8Array): void {
    this.#parts.push(part);
  }

  take(): Uint8Array {
    // Copied: the parts are views of the batch, whose memory is used again.
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [];
    return bytes;
  }
}

/** Batches as Arrow IPC messages (https://arrow.apache.org/docs/format/Columnar.html). */
export class IpcEncoder implements FileEncoder {
  readonly #taken = new Taken();
  readonly #writer: RecordBatchWriter;

  constructor(schema: EntrySchema, format: 'file' | 'stream', scan: ScanFacts) {
    this.#writer = format === 'file' ? new RecordBatchFileWriter() : new RecordBatchStreamWriter();
    const { fields } = toArrowSchema(schema);
    this.#writer.reset(this.#taken, new Schema(fields, metadata(scan)));
  }

  begin(): Uint8Array {
    return this.#taken.take();
  }

  encode(batch: EntryBatch): Uint8Array {
    this.#writer.write(toRecordBatch(batch));
    return this.#taken.take();
  }

  end(): Uint8Array {
    this.#writer.finish();
    return this.#taken.take();
  }
}

/** What is known of a scan when it begins, under the names Parquet files have. */
function metadata(scan: ScanFacts): Map<string, string> {
  return new Map([
    ['pwalk.schema_version', String(ENTRY_SCHEMA_VERSION)],
    ['pwalk.scan_id', scan.id],
    ['pwalk.roots', JSON.stringify(scan.roots)],
    ['pwalk.host', scan.host],
    ['pwalk.version', scan.version],
    [
      'pwalk.options',
      JSON.stringify(scan.options, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ],
    ['pwalk.started_at', scan.startedAt.toISOString()],
  ]);
}
