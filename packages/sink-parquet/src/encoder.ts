import type { EntryBatch, EntrySchema } from '@pwalk/core';
import type { OutputFile } from '@pwalk/core/io';

/** What an encoder has to know before the first batch. */
export interface EncoderSettings {
  /** The columns to write; batches may have more. */
  readonly schema: EntrySchema;
  /** Where to. Its owner publishes or discards it; encoders tell it what they wrote. */
  readonly output: OutputFile;
  readonly compression: 'zstd' | 'lz4' | 'none';
  /** zstd's. */
  readonly level: number;
  readonly rowGroupRows: number;
  readonly createdBy: string;
}

export interface WrittenFile {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes batches as one Parquet file. All encoders write the same columns, types and metadata.
 * Failures are `PwalkError`s; after one, only `abort` may follow.
 */
export interface ParquetEncoder {
  /** Takes a batch; resolves when it can take another. Calls do not overlap. */
  write(batch: EntryBatch): Promise<void>;
  /** Ends the file with these key-value pairs in its footer. */
  finish(metadata: ReadonlyMap<string, string>): Promise<WrittenFile>;
  /** Stops; the file is of no use. Never throws, and may be called after a failure. */
  abort(): Promise<void>;
}

export type OpenEncoder = (settings: EncoderSettings) => Promise<ParquetEncoder>;
