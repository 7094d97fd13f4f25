import type {
  EntryBatch,
  EntrySchema,
  Outcome,
  Output,
  Sink,
  SinkContext,
  Success,
} from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { chooseEncoder } from './choose-encoder.js';
import type { ParquetEncoder, WrittenFile } from './encoder.js';
import { fileMetadata } from './file-metadata.js';
import type { ParquetOptions } from './parquet.js';
import { selectColumns } from './select-columns.js';

/** What is there between `open` and `close`. */
interface Opened {
  readonly output: OutputFile;
  readonly encoder: ParquetEncoder;
  readonly ctx: SinkContext;
}

/** Writes the batches of a run into one Parquet file, which appears under its name when it is whole. */
export class ParquetSink implements Sink {
  readonly #options: ParquetOptions;
  #opened: Opened | null = null;
  #written: WrittenFile | null = null;
  #made: Output | null = null;

  constructor(options: ParquetOptions) {
    this.#options = options;
  }

  async open(schema: EntrySchema, ctx: SinkContext): Promise<void> {
    const { path, mode, ordered } = this.#options;
    const written = selectColumns(schema, this.#options.columns);
    const tuning = ordered ? { lanes: 1 } : {};
    const openEncoder = await chooseEncoder(this.#options.encoder, ctx, tuning);
    const output = await OutputFile.open(path, ctx.signal, { binary: true, mode });
    try {
      const encoder = await openEncoder({
        schema: written,
        output,
        compression: this.#options.compression,
        level: this.#options.level,
        rowGroupRows: this.#options.rowGroupRows,
        createdBy: `pwalk version ${ctx.scan.version}`,
      });
      this.#opened = { output, encoder, ctx };
    } catch (error) {
      await output.discard();
      throw error;
    }
    if (output.identity !== null) ctx.registerOwnFile(output.identity);
    // A write that waits for a stalled reader ends with the run, not with the reader.
    ctx.signal.addEventListener('abort', this.#stop, { once: true });
  }

  readonly #stop = () => void this.#opened?.encoder.abort();

  async write(batch: EntryBatch): Promise<void> {
    if (batch.length > 0) await this.#opened?.encoder.write(batch);
  }

  async flush(outcome: Success): Promise<void> {
    if (this.#opened === null) return;
    const { encoder, output, ctx } = this.#opened;
    this.#written = await encoder.finish(fileMetadata(ctx.scan, outcome, this.#options.metadata));
    await output.sync();
  }

  async close(outcome: Outcome): Promise<void> {
    if (this.#opened === null) return;
    if (!outcome.ok) return this.#discard();
    try {
      if (this.#written === null) await this.flush(outcome);
      await this.#opened.output.publish();
    } catch (error) {
      await this.#discard();
      throw error;
    }
    this.#opened = null;
    if (this.#written === null) return;
    this.#made = { path: this.#options.path, format: 'parquet', ...this.#written };
  }

  async #discard(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.encoder.abort();
    await opened?.output.discard();
  }

  outputs(): readonly Output[] {
    return this.#made === null ? [] : [this.#made];
  }
}
