import {
  definePlugin,
  type EntryBatch,
  type EntrySchema,
  type Outcome,
  type Output,
  PwalkError,
  type Sink,
  type SinkContext,
  type Success,
} from '@pwalk/core';
import { z } from 'zod';
import { errorsOf, errorsSchema } from './errors-table.js';
import { failureColumns } from './failed-entries.js';
import { tableWriter } from './output-format.js';

/** Endings of a file of errors, and with them its format. */
const ending = /\.(parquet|csv|jsonl)$/i;

/** @throws PwalkError `PWALK_OPTIONS_INVALID` when the name does not say what to write */
export function checkErrorsFile(path: string): void {
  if (ending.test(path)) return;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `A file of errors ends in .parquet, .csv or .jsonl, and "${path}" does not; rename it.`,
  );
}

/** Writes the entries that could not be read, and why, into a file that is there also when it is empty. */
export const errorsFile = definePlugin({
  name: 'errors-file',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z.strictObject({
    path: z.string(),
    /** Columns added by the report, which the errors have as well. */
    constants: z.array(z.string()).default([]),
  }),
  capabilities: ({ constants }) => ({
    columns: [...failureColumns, ...constants],
    atomic: true,
    releases: true,
  }),
  create: async ({ path, constants }) =>
    new ErrorsSink(await tableWriter(path, 'Errors'), constants),
});

/** Makes a table of errors out of entries for another sink. */
class ErrorsSink implements Sink {
  readonly #inner: Sink;
  readonly #constants: readonly string[];
  #schema: EntrySchema = errorsSchema;

  constructor(inner: Sink, constants: readonly string[]) {
    this.#inner = inner;
    this.#constants = constants;
  }

  async open(schema: EntrySchema, ctx: SinkContext): Promise<void> {
    this.#schema = errorsSchema.with(schema.pick(new Set(this.#constants)).fields);
    await this.#inner.open?.(this.#schema, ctx);
  }

  async write(batch: EntryBatch, ctx: SinkContext): Promise<void> {
    const errors = errorsOf(batch, this.#schema);
    if (errors !== null) await this.#inner.write(errors, ctx);
  }

  async flush(outcome: Success, ctx: SinkContext): Promise<void> {
    await this.#inner.flush?.(outcome, ctx);
  }

  async close(outcome: Outcome): Promise<void> {
    await this.#inner.close?.(outcome);
  }

  outputs(): readonly Output[] {
    return (this.#inner.outputs?.() ?? []).map((output) => ({ ...output, table: 'errors' }));
  }
}
