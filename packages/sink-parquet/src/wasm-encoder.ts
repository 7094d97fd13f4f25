import { BatchBuilder, EntryBatch, type EntrySchema } from '@pwalk/core';
import { toRecordBatch } from '@pwalk/core/arrow';
import { type RecordBatch as ArrowBatch, Table as ArrowTable, tableToIPC } from 'apache-arrow';
import * as wasm from 'parquet-wasm';
import { columnLayout } from './column-layout.js';
import type { EncoderSettings, ParquetEncoder, WrittenFile } from './encoder.js';
import { withMetadata } from './footer-metadata.js';

/** WebAssembly memory never shrinks, so what it holds at once is limited. */
const mostRowsAtOnce = 131_072;

/** Opens an encoder that needs no addon. It runs on the JavaScript thread. */
export async function openWasmEncoder(settings: EncoderSettings): Promise<ParquetEncoder> {
  return new WasmEncoder(settings);
}

/**
 * parquet-wasm as a stream: record batches in, bytes out, one row group in memory.
 *
 * It takes the footer's metadata at the start only, and ours is known at the end: so what it emits
 * after the last batch (the last row group and the footer) is held back, completed, then written.
 */
class WasmEncoder implements ParquetEncoder {
  readonly #settings: EncoderSettings;
  readonly #batches: WritableStreamDefaultWriter<wasm.RecordBatch>;
  readonly #pumped: Promise<void>;
  readonly #tail: Uint8Array[] = [];
  #ending = false;
  #rows = 0;

  constructor(settings: EncoderSettings) {
    this.#settings = settings;
    const { readable, writable } = new TransformStream<wasm.RecordBatch, wasm.RecordBatch>();
    this.#batches = writable.getWriter();
    this.#pumped = this.#pump(readable);
    // Failures surface in `write` and `finish`.
    this.#pumped.catch(() => {});
    this.#batches.closed.catch(() => {});
  }

  async write(batch: EntryBatch): Promise<void> {
    this.#rows += batch.length;
    await this.#send(toRecordBatch(select(batch, this.#settings.schema)));
  }

  async finish(metadata: ReadonlyMap<string, string>): Promise<WrittenFile> {
    const { output, schema } = this.#settings;
    // The schema is learnt from the first batch, so there has to be one.
    if (this.#rows === 0) await this.write(new BatchBuilder(schema).finish());
    this.#ending = true;
    await this.#batches.close().catch(() => {});
    await this.#pumped;
    await output.write(withMetadata(Buffer.concat(this.#tail), metadata));
    return { rows: this.#rows, bytes: output.bytes };
  }

  async abort(): Promise<void> {
    await this.#batches.abort().catch(() => {});
    await this.#pumped.catch(() => {});
  }

  async #send(batch: ArrowBatch): Promise<void> {
    const bytes = tableToIPC(new ArrowTable(batch), 'stream');
    const table = wasm.Table.fromIPCStream(bytes);
    try {
      for (const part of table.recordBatches()) await this.#batches.write(part);
    } catch (error) {
      // The stream fails with the output's error, which the pump has.
      await this.#pumped;
      throw error;
    }
  }

  async #pump(batches: ReadableStream<wasm.RecordBatch>): Promise<void> {
    try {
      const encoded = await wasm.transformParquetStream(batches, properties(this.#settings));
      for await (const chunk of encoded) {
        if (this.#ending) this.#tail.push(chunk);
        else await this.#settings.output.write(chunk);
      }
    } catch (error) {
      await this.#batches.abort(error).catch(() => {});
      throw error;
    }
  }
}

/** The batch with the schema's columns and no others. */
function select(batch: EntryBatch, schema: EntrySchema): EntryBatch {
  if (batch.schema === schema) return batch;
  return EntryBatch.of(
    schema,
    new Map(schema.fields.map(({ name }) => [name, batch.column(name)])),
  );
}

const codecs = {
  zstd: wasm.Compression.ZSTD,
  lz4: wasm.Compression.LZ4_RAW,
  none: wasm.Compression.UNCOMPRESSED,
} as const;

function properties({ schema, compression, rowGroupRows, createdBy }: EncoderSettings) {
  let builder = new wasm.WriterPropertiesBuilder()
    .setCompression(codecs[compression])
    .setMaxRowGroupSize(Math.min(rowGroupRows, mostRowsAtOnce))
    .setCreatedBy(createdBy);
  for (const field of schema.fields) {
    const text = field.type === 'utf8' || field.type === 'binary';
    const layout = columnLayout(field);
    if (layout === 'dictionary') continue;
    builder = builder.setColumnDictionaryEnabled(field.name, false);
    if (layout === 'prefix') {
      builder = builder.setColumnEncoding(field.name, wasm.Encoding.DELTA_BYTE_ARRAY);
    } else if (layout === 'delta') {
      builder = builder.setColumnEncoding(
        field.name,
        text ? wasm.Encoding.DELTA_LENGTH_BYTE_ARRAY : wasm.Encoding.DELTA_BINARY_PACKED,
      );
    }
  }
  return builder.build();
}
