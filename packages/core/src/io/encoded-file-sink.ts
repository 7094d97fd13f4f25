import type { EntryBatch } from '../batch/entry-batch.js';
import type { SinkContext } from '../plugin/context.js';
import type { MaybePromise, Outcome, Success } from '../plugin/outcome.js';
import type { Output, Sink } from '../plugin/sink.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import { type OutputContent, OutputFile } from './output-file.js';

/**
 * Turns batches into the bytes of one file, on the JavaScript thread. What a call returns is written
 * before the next call, and batches are not kept.
 */
export interface FileEncoder {
  /** What the file begins with. */
  begin?(): Uint8Array;
  encode(batch: EntryBatch): Uint8Array;
  /** What the file ends with; called once, after the last batch. */
  end?(outcome: Success): Uint8Array;
}

/**
 * A sink whose output is one file, or a pipe, made by an encoder: for formats whose bytes come out of
 * JavaScript. The file appears under its name when it is whole. A write that waits for a pipe's
 * reader ends with the run; a fifo whose reader has stopped reading may keep the process from ending.
 */
export class EncodedFileSink implements Sink {
  readonly #path: string;
  readonly #format: string;
  readonly #encoderFor: (schema: EntrySchema, ctx: SinkContext) => MaybePromise<FileEncoder>;
  readonly #content: OutputContent;
  #opened: { readonly output: OutputFile; readonly encoder: FileEncoder } | null = null;
  #flushed = false;
  #rows = 0;
  #made: Output | null = null;

  /** @param format named in the summary */
  constructor(
    path: string,
    format: string,
    encoderFor: (schema: EntrySchema, ctx: SinkContext) => MaybePromise<FileEncoder>,
    content: OutputContent = {},
  ) {
    this.#content = content;
    this.#path = path;
    this.#format = format;
    this.#encoderFor = encoderFor;
  }

  async open(schema: EntrySchema, ctx: SinkContext): Promise<void> {
    const encoder = await this.#encoderFor(schema, ctx);
    const output = await OutputFile.open(this.#path, ctx.signal, this.#content);
    this.#opened = { output, encoder };
    try {
      if (output.identity !== null) ctx.registerOwnFile(output.identity);
      await this.#put(encoder.begin?.(), ctx);
    } catch (error) {
      await this.#discard();
      throw error;
    }
  }

  async write(batch: EntryBatch, ctx: SinkContext): Promise<void> {
    if (batch.length === 0) return;
    await this.#put(this.#opened?.encoder.encode(batch), ctx);
    this.#rows += batch.length;
  }

  async flush(outcome: Success, ctx: SinkContext): Promise<void> {
    this.#flushed = true;
    await this.#put(this.#opened?.encoder.end?.(outcome), ctx);
    await this.#opened?.output.sync();
  }

  async close(outcome: Outcome): Promise<void> {
    const opened = this.#opened;
    if (opened === null) return;
    if (!outcome.ok) return this.#discard();
    try {
      const rest = this.#flushed ? undefined : opened.encoder.end?.(outcome);
      if (rest !== undefined) await opened.output.write(rest);
      await opened.output.publish();
    } catch (error) {
      await this.#discard();
      throw error;
    }
    this.#opened = null;
    const { bytes } = opened.output;
    this.#made = { path: this.#path, format: this.#format, rows: this.#rows, bytes };
  }

  outputs(): readonly Output[] {
    return this.#made === null ? [] : [this.#made];
  }

  async #discard(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.output.discard();
  }

  /** Writes, for as long as the run is not given up. */
  async #put(bytes: Uint8Array | undefined, { signal }: SinkContext): Promise<void> {
    if (bytes === undefined || bytes.length === 0) return;
    signal.throwIfAborted();
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([this.#opened?.output.write(bytes), stopped]);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
