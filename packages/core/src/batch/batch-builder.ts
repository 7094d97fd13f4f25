import type { EntrySchema } from '../schema/entry-schema.js';
import { type ColumnBuilder, columnBuilder, type Value } from './column-builder.js';
import { EntryBatch } from './entry-batch.js';

/**
 * Makes batches out of rows: for sources written in JavaScript and for tests. About 2 µs a row;
 * sources that already have columns call `EntryBatch.of`.
 */
export class BatchBuilder {
  readonly schema: EntrySchema;
  readonly #builders: readonly (readonly [string, ColumnBuilder])[];
  #length = 0;

  constructor(schema: EntrySchema) {
    this.schema = schema;
    this.#builders = schema.fields.map((field) => [field.name, columnBuilder(field)]);
  }

  /** Rows appended since the last `finish`. */
  get length(): number {
    return this.#length;
  }

  /**
   * Appends one row. Properties the schema does not have are ignored, missing ones are null.
   * @throws PwalkError `PWALK_SCHEMA_INVALID` when a value does not fit its column; the builder is
   * of no use afterwards
   */
  append(row: Readonly<Record<string, Value | undefined>>): void {
    for (const [name, builder] of this.#builders) builder.append(row[name]);
    this.#length++;
  }

  /** The rows appended so far as a batch; the builder is empty again afterwards. */
  finish(): EntryBatch {
    this.#length = 0;
    return EntryBatch.of(
      this.schema,
      new Map(this.#builders.map(([name, builder]) => [name, builder.finish()])),
    );
  }
}
