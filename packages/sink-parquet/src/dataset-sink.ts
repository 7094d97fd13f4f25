import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  EntryBatch,
  EntrySchema,
  Field,
  Outcome,
  Output,
  Sink,
  SinkContext,
  Success,
} from '@pwalk/core';
import { PwalkError } from '@pwalk/core';
import { OutputDirectory, OutputFile } from '@pwalk/core/io';
import { chooseEncoder } from './choose-encoder.js';
import type { OpenEncoder } from './encoder.js';
import { json, scanMetadata } from './file-metadata.js';
import type { ParquetOptions } from './parquet.js';
import { type OpenPart, Partition } from './partition.js';
import { partitionFields, partitionNames } from './partition-name.js';
import { selectColumns } from './select-columns.js';

/** Files that are written at the same time; of each a row group is in memory. */
const MOST_OPEN = 16;
/** Rows of a row group at most, such that those of all open files fit the memory of one large one. */
const ROW_GROUP_ROWS = 32_768;
/** Rows of one partition that are written at once. */
const ROWS_AT_ONCE = 2048;
/** Rows that wait in all partitions together: some 250 bytes each. */
const MOST_WAITING = 65_536;

/** A file of the dataset that is whole. */
interface Made {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

interface Opened {
  readonly directory: OutputDirectory;
  readonly openEncoder: OpenEncoder;
  readonly schema: EntrySchema;
  readonly fields: readonly Field[];
  readonly ctx: SinkContext;
}

/**
 * Writes batches into a directory of Parquet files, one partition for each combination of values.
 *
 * Rows wait in memory until a partition has enough of them. A few files are open; a partition that
 * needs one when all are in use takes that of the partition that was written least recently, whose
 * file is ended: it begins another when it has enough rows again. So open files and memory are
 * bounded whatever the number of partitions, and few partitions have one file each.
 */
export class DatasetSink implements Sink {
  readonly #options: ParquetOptions;
  readonly #partitionBy: readonly string[];
  readonly #partitions = new Map<string, Partition>();
  readonly #names = new Map<string, Map<string | number | bigint | boolean | null, string>>();
  /** Partitions with an open file, the one written least recently first. */
  readonly #open = new Set<Partition>();
  readonly #made: Made[] = [];
  #parts = 0;
  #waiting = 0;
  #opened: Opened | null = null;
  #output: Output | null = null;
  #flushed = false;

  constructor(options: ParquetOptions, partitionBy: readonly string[]) {
    this.#options = options;
    this.#partitionBy = partitionBy;
  }

  async open(schema: EntrySchema, ctx: SinkContext): Promise<void> {
    const { path, columns, encoder } = this.#options;
    const fields = partitionFields(schema, this.#partitionBy);
    const written = withoutFields(selectColumns(schema, columns), fields);
    const openEncoder = await chooseEncoder(encoder, ctx, { lanes: 1 });
    const directory = await OutputDirectory.open(path);
    ctx.registerOwnFile(directory.identity);
    this.#opened = { directory, openEncoder, schema: written, fields, ctx };
  }

  async write(batch: EntryBatch): Promise<void> {
    if (this.#opened === null) return;
    const { schema, fields } = this.#opened;
    for (const [directory, rows] of this.#split(batch, fields)) {
      let partition = this.#partitions.get(directory);
      if (partition === undefined) {
        partition = new Partition(directory);
        this.#partitions.set(directory, partition);
      }
      partition.add(batch, schema, Uint32Array.from(rows));
      this.#waiting += rows.length;
      if (partition.rows >= ROWS_AT_ONCE) await this.#writeOut(partition);
    }
    // Those with most rows first: that makes the fewest and largest files.
    while (this.#waiting > MOST_WAITING) await this.#writeOut(this.#fullest());
  }

  async flush(outcome: Success): Promise<void> {
    for (const partition of this.#partitions.values()) {
      if (partition.rows > 0) await this.#writeOut(partition);
    }
    for (const partition of [...this.#open]) await this.#end(partition);
    await this.#writeManifest(outcome);
    this.#flushed = true;
  }

  async close(outcome: Outcome): Promise<void> {
    if (this.#opened === null) return;
    const { directory } = this.#opened;
    if (!outcome.ok) return this.#discard();
    try {
      if (!this.#flushed) await this.flush(outcome);
      await directory.publish();
    } catch (error) {
      await this.#discard();
      throw error;
    }
    this.#opened = null;
    this.#output = {
      path: this.#options.path,
      format: 'parquet',
      rows: this.#made.reduce((sum, { rows }) => sum + rows, 0),
      bytes: this.#made.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  outputs(): readonly Output[] {
    return this.#output === null ? [] : [this.#output];
  }

  /** The rows of each partition's directory. */
  #split(batch: EntryBatch, fields: readonly Field[]): ReadonlyMap<string, number[]> {
    const names = fields.map(({ name }) => {
      const known = this.#names.get(name) ?? new Map();
      this.#names.set(name, known);
      return partitionNames(batch.column(name), name, known);
    });
    const split = new Map<string, number[]>();
    for (let row = 0; row < batch.length; row++) {
      const directory = names.map((name) => name(row)).join('/');
      const rows = split.get(directory);
      if (rows === undefined) split.set(directory, [row]);
      else rows.push(row);
    }
    return split;
  }

  #fullest(): Partition {
    return [...this.#partitions.values()].reduce((a, b) => (b.rows > a.rows ? b : a));
  }

  /** Writes what waits in a partition, to its file or a new one. */
  async #writeOut(partition: Partition): Promise<void> {
    this.#waiting -= partition.rows;
    const batches = partition.take();
    const part = partition.part ?? (await this.#begin(partition));
    // Moved to the end: the one written most recently.
    this.#open.delete(partition);
    this.#open.add(partition);
    for (const batch of batches) await part.encoder.write(batch);
  }

  async #begin(partition: Partition): Promise<OpenPart> {
    const { directory, openEncoder, schema, ctx } = this.#need();
    const { mode } = this.#options;
    ctx.signal.throwIfAborted();
    const [oldest] = this.#open;
    if (this.#open.size >= MOST_OPEN && oldest !== undefined) await this.#end(oldest);
    const path = `${partition.directory}/part-${this.#parts++}.parquet`;
    try {
      await mkdir(join(directory.temporary, partition.directory), { recursive: true });
    } catch (cause) {
      throw new PwalkError(
        'PWALK_OUTPUT_WRITE',
        `The directory "${partition.directory}" of the dataset cannot be made; check the device.`,
        { path: directory.path, cause },
      );
    }
    const output = await OutputFile.open(join(directory.temporary, path), ctx.signal, { mode });
    try {
      const encoder = await openEncoder({
        schema,
        output,
        compression: this.#options.compression,
        level: this.#options.level,
        rowGroupRows: Math.min(this.#options.rowGroupRows, ROW_GROUP_ROWS),
        createdBy: `pwalk version ${ctx.scan.version}`,
      });
      partition.part = { output, encoder, path };
      this.#open.add(partition);
      return partition.part;
    } catch (error) {
      await output.discard();
      throw error;
    }
  }

  /** Ends a partition's file. */
  async #end(partition: Partition): Promise<void> {
    const { part } = partition;
    if (part === null) return;
    const { ctx } = this.#need();
    const added = Object.entries(this.#options.metadata);
    const metadata = new Map([...scanMetadata(ctx.scan), ...added]);
    const written = await part.encoder.finish(metadata);
    await part.output.publish();
    partition.part = null;
    this.#open.delete(partition);
    this.#made.push({ path: part.path, ...written });
  }

  /** What is in the dataset, and how the scan ended, which its files were written too early to know. */
  async #writeManifest(outcome: Success): Promise<void> {
    const { directory, ctx } = this.#need();
    const manifest = await OutputFile.open(
      join(directory.temporary, '_manifest.json'),
      ctx.signal,
      { mode: this.#options.mode },
    );
    try {
      await manifest.write(
        Buffer.from(
          `${json({
            version: 1,
            partitionBy: this.#partitionBy,
            scan: Object.fromEntries(scanMetadata(ctx.scan)),
            finishedAt: outcome.finishedAt.toISOString(),
            complete: outcome.complete,
            counts: outcome.accounting,
            files: this.#made,
          })}\n`,
        ),
      );
      await manifest.publish();
    } catch (error) {
      await manifest.discard();
      throw error;
    }
  }

  async #discard(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    for (const { part } of this.#open) {
      await part?.encoder.abort();
      await part?.output.discard();
    }
    await opened?.directory.discard();
  }

  #need(): Opened {
    if (this.#opened !== null) return this.#opened;
    throw new PwalkError('PWALK_CANCELLED', 'The dataset was given up.');
  }
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` when nothing is left */
function withoutFields(schema: EntrySchema, fields: readonly Field[]): EntrySchema {
  const partitioned = new Set(fields.map(({ name }) => name));
  const names = schema.fields.map(({ name }) => name).filter((name) => !partitioned.has(name));
  if (names.length > 0) return schema.pick(new Set(names));
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    'Every column is one to partition by, and nothing is left for the files; write more columns.',
  );
}
