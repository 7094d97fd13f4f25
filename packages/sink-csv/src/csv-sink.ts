import { availableParallelism } from 'node:os';
import {
  type EntryBatch,
  type EntrySchema,
  type Outcome,
  type Output,
  PwalkError,
  type Sink,
  type SinkContext,
} from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { type Addon, loadAddon } from './addon.js';
import { ByteOutput } from './byte-output.js';
import type { ChunkEncoder } from './chunk-encoder.js';
import { compressors } from './compression.js';
import type { CsvOptions } from './csv.js';
import { checkDeySchema, deyHeader, slashRoots } from './dey-columns.js';
import { nativeDeyEncoder } from './dey-native.js';
import { ScriptDeyEncoder } from './dey-script.js';
import { OrderedWriter } from './ordered-writer.js';
import { nativeRfc4180Encoder } from './rfc4180-native.js';
import { rfc4180Header, ScriptRfc4180Encoder } from './rfc4180-script.js';

/** How batches become text. */
interface Dialect {
  readonly header: Uint8Array;
  /** Batches encoded at the same time. */
  readonly lanes: number;
  encoder(): ChunkEncoder;
}

/** What is there between `open` and `close`. */
interface Opened {
  readonly output: OutputFile;
  readonly writer: OrderedWriter;
  readonly ctx: SinkContext;
}

/** Native encoders: four outrun any walk, and libuv's pool has no more threads by default. */
const nativeLanes = Math.min(availableParallelism(), 4);
/** Encoders on the JavaScript thread: one encodes while the other's chunk is compressed and written. */
const scriptLanes = 2;

/** Writes the batches of a run into one CSV file, which appears under its name when it is whole. */
export class CsvSink implements Sink {
  readonly #options: CsvOptions;
  #opened: Opened | null = null;
  #flushed = false;
  #made: Output | null = null;

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  async open(schema: EntrySchema, ctx: SinkContext): Promise<void> {
    const { path, dialect: name, header, compression, level } = this.#options;
    const dialect =
      name === 'dey'
        ? deyDialect(schema, ctx, this.#options.safe)
        : rfc4180Dialect(schema, ctx, this.#options);
    const compressor = compressors(compression, level);
    const output = await OutputFile.open(path, ctx.signal, { binary: compression !== 'none' });
    try {
      const writer = new OrderedWriter(
        new ByteOutput(output),
        Array.from({ length: dialect.lanes }, () => ({
          encoder: dialect.encoder(),
          compress: compressor(),
        })),
      );
      this.#opened = { output, writer, ctx };
      // A write that waits for a stalled reader, be it of the header, ends with the run.
      ctx.signal.addEventListener('abort', this.#stop, { once: true });
      ctx.signal.throwIfAborted();
      if (header) await writer.begin(dialect.header);
    } catch (error) {
      await this.#opened?.writer.abort();
      this.#opened = null;
      await output.discard();
      throw error;
    }
    if (output.identity !== null) ctx.registerOwnFile(output.identity);
  }

  readonly #stop = () => void this.#opened?.writer.abort();

  async write(batch: EntryBatch): Promise<void> {
    if (batch.length > 0) await this.#opened?.writer.write(batch);
  }

  async flush(): Promise<void> {
    await this.#opened?.writer.finish();
    await this.#opened?.output.sync();
    this.#flushed = true;
  }

  async close(outcome: Outcome): Promise<void> {
    if (this.#opened === null) return;
    if (!outcome.ok) return this.#discard();
    const { output, writer, ctx } = this.#opened;
    try {
      if (!this.#flushed) await this.flush();
      await output.publish();
    } catch (error) {
      await this.#discard();
      throw error;
    }
    this.#opened = null;
    if (writer.altered > 0) {
      ctx.warn(
        `Control characters in ${writer.altered} paths were left out, as the dialect "dey" demands.`,
      );
    }
    const { path, dialect } = this.#options;
    const format = dialect === 'dey' ? 'dey-csv' : 'csv';
    this.#made = { path, format, rows: writer.printed, bytes: output.bytes };
  }

  async #discard(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.writer.abort();
    await opened?.output.discard();
  }

  outputs(): readonly Output[] {
    return this.#made === null ? [] : [this.#made];
  }
}

function rfc4180Dialect(schema: EntrySchema, ctx: SinkContext, options: CsvOptions): Dialect {
  const columns = options.columns ?? schema.fields.map((field) => field.name);
  for (const name of columns) {
    if (schema.has(name)) continue;
    const known = schema.fields.map((field) => field.name).join(', ');
    throw new PwalkError(
      'PWALK_COLUMN_MISSING',
      `There is no column "${name}" to write; choose from ${known}.`,
    );
  }
  const { delimiter, quoting, safe } = options;
  const settings = { columns, delimiter, quoting, safe };
  return {
    header: rfc4180Header(settings),
    ...encoders(
      ctx,
      (addon, chunkBytes) => nativeRfc4180Encoder(addon, schema, settings, chunkBytes),
      () => new ScriptRfc4180Encoder(settings),
    ),
  };
}

function deyDialect(schema: EntrySchema, ctx: SinkContext, safe: boolean): Dialect {
  checkDeySchema(schema);
  const roots = slashRoots(ctx.scan);
  const header = Buffer.from(deyHeader);
  // What is for a spreadsheet is not so large that it has to be fast.
  if (safe)
    return {
      header,
      lanes: scriptLanes,
      encoder: () => new ScriptDeyEncoder(roots, undefined, true),
    };
  return {
    header,
    ...encoders(
      ctx,
      (addon, chunkBytes) => nativeDeyEncoder(addon, roots, chunkBytes),
      () => new ScriptDeyEncoder(roots),
    ),
  };
}

/** Native encoders, or, with a warning, those in JavaScript where the addon cannot be loaded. */
function encoders(
  ctx: SinkContext,
  native: (addon: Addon, chunkBytes: number) => ChunkEncoder,
  script: () => ChunkEncoder,
): Pick<Dialect, 'lanes' | 'encoder'> {
  const addon = loadAddon();
  if (addon instanceof PwalkError) {
    ctx.warn(`${addon.message} Using the one in JavaScript, which takes many times as long.`);
    return { lanes: scriptLanes, encoder: script };
  }
  const chunkBytes = nativeChunk(ctx.memory);
  return { lanes: nativeLanes, encoder: () => native(addon, chunkBytes) };
}

/** Bytes of a chunk: room for a usual batch, or such that chunks and their frames are an eighth of the budget. */
function nativeChunk(memory: number): number {
  const share = Math.floor(memory / (nativeLanes * 16));
  return Math.min(4 * 1024 * 1024, Math.max(64 * 1024, share));
}
