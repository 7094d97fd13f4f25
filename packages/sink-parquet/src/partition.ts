import { type Column, EntryBatch, type EntrySchema } from '@pwalk/core';
import type { OutputFile } from '@pwalk/core/io';
import type { ParquetEncoder } from './encoder.js';

/** A file of a partition that is being written. */
export interface OpenPart {
  readonly output: OutputFile;
  readonly encoder: ParquetEncoder;
  /** Path within the dataset. */
  readonly path: string;
}

/** One directory of a dataset: rows that wait to be written, and the file that is open, if one is. */
export class Partition {
  /** Path within the dataset, as `owner=alice/type=file`. */
  readonly directory: string;
  part: OpenPart | null = null;
  #waiting: EntryBatch[] = [];
  #rows = 0;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Rows that wait. */
  get rows(): number {
    return this.#rows;
  }

  /** Copies rows of a batch. */
  add(batch: EntryBatch, schema: EntrySchema, rows: Uint32Array): void {
    const columns = new Map<string, Column>(
      schema.fields.map(({ name }) => [name, batch.column(name).gather(rows)]),
    );
    this.#waiting.push(EntryBatch.of(schema, columns));
    this.#rows += rows.length;
  }

  /** Takes out what waits. */
  take(): readonly EntryBatch[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    return waiting;
  }
}
