import type { EntryBatch, EntrySchema, Outcome, Output, Sink, SinkContext } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { exactJson } from './exact-json.js';

/** A sink for few rows: one JSON object on each line. Bytes are hexadecimal. */
export class JsonLinesFile implements Sink {
  readonly #path: string;
  #output: OutputFile | null = null;
  #rows = 0;
  #made: Output | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async open(_schema: EntrySchema, ctx: SinkContext): Promise<void> {
    this.#output = await OutputFile.open(this.#path, ctx.signal);
    if (this.#output.identity !== null) ctx.registerOwnFile(this.#output.identity);
  }

  async write(batch: EntryBatch): Promise<void> {
    let lines = '';
    for (let row = 0; row < batch.length; row++) lines += `${exactJson(batch.row(row))}\n`;
    await this.#output?.write(Buffer.from(lines));
    this.#rows += batch.length;
  }

  async close(outcome: Outcome): Promise<void> {
    const output = this.#output;
    this.#output = null;
    if (output === null) return;
    if (!outcome.ok) return output.discard();
    await output.publish();
    this.#made = { path: this.#path, format: 'jsonl', rows: this.#rows, bytes: output.bytes };
  }

  outputs(): readonly Output[] {
    return this.#made === null ? [] : [this.#made];
  }
}
