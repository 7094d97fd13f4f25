import { realpath } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import {
  escapeText,
  fullEntrySchema,
  isStage,
  type OverflowPolicy,
  PwalkError,
  type Stage,
} from '@pwalk/core';
import { outputDescriptor } from '@pwalk/core/io';
import { type PruneOptions, pruneOptions } from '@pwalk/native-walker';
import { z } from 'zod';
import { checkColumnName } from './column-name.js';
import { type Compression, compressionsAccepted, isCompression } from './compression.js';
import { checkErrorsFile } from './errors-sink.js';
import { errorsSchema } from './errors-table.js';
import {
  checkEnding,
  checkTableFile,
  type Format,
  fixedColumns,
  formatOf,
  formats,
  type OutputPlan,
} from './output-format.js';
import type { ReportProgress } from './report-progress.js';
import {
  type CheckpointOptions,
  type CheckpointPlan,
  checkCheckpointed,
  checkpointOptions,
  LONGEST_TIME,
} from './scan-directory/checkpoint-options.js';
import { LEAST_MEMORY, LEAST_SPILL_LIMIT } from './size.js';

/** Settings of one output. */
export interface OutputSettings {
  /** @default by the output's name: csv for `.csv`, `.csv.gz` and `.csv.zst`, jsonl for `.jsonl`, …, parquet where it has no ending */
  readonly format?: Format | undefined;
  /** @default zstd for parquet; for CSV by the ending of the name: `.gz`, `.zst`, or none */
  readonly compression?: Compression | undefined;
  /** Columns to write, those on request included. @default the columns a scan has by default */
  readonly columns?: readonly string[] | undefined;
  /** For dey-csv: begin with the names of the columns. @default false */
  readonly header?: boolean | undefined;
  /** For CSV: an apostrophe before text that a spreadsheet would take for a formula. @default false */
  readonly csvSafe?: boolean | undefined;
  /** For parquet: columns whose values become directories of a dataset, the outermost first. */
  readonly partitionBy?: readonly string[] | undefined;
}

/** One output among several. */
export interface OutputOptions extends OutputSettings {
  /** File to write, `-` for standard output. */
  readonly path: string;
}

/**
 * What to report, and how. `format` and the other settings of an output given here are for every
 * output that does not say itself and has a choice: dey-csv has none of columns, nor others of a header.
 */
export interface ReportOptions extends OutputSettings, PruneOptions {
  /** File to write, `-` for standard output; several are written from one walk. */
  readonly output: string | OutputOptions | readonly (string | OutputOptions)[];
  /** Columns with the same text in every row of every output that has a choice of columns. */
  readonly constants?: Readonly<Record<string, string>> | undefined;
  /** What an entry has to come through to be written, one after the other, as `[where('size > 1GiB')]`. */
  readonly filters?: readonly Stage<'filter'>[] | undefined;
  /** End with `exitCode` 4 when an entry came through the filters. @default false */
  readonly failOnMatch?: boolean | undefined;
  /** File for the entries that could not be read, whatever the filters say: `.parquet`, `.csv` or `.jsonl`. */
  readonly errors?: string | undefined;
  /**
   * File for what every directory comes to with all below it, whatever the filters say: `.parquet`, `.csv`,
   * `.jsonl` or `.arrow`.
   */
  readonly directories?: string | undefined;
  /** File for the names of files that have several, with one primary name each. */
  readonly hardLinks?: string | undefined;
  readonly threads?: number | undefined;
  /** Bytes beyond what Node itself takes, at least 16 MiB. @default 256 MiB */
  readonly memory?: number | undefined;
  /** What becomes of entries that an output is slow to take. @default 'pause': the walk waits */
  readonly overflow?: OverflowPolicy | undefined;
  /**
   * Where that goes which does not fit into memory: directories that wait to be read, and with `overflow: 'spill'`
   * entries. @default the directory for temporary files
   */
  readonly spillDir?: string | undefined;
  /** Bytes of disk space for each of both, at least 1 MiB. @default 10 GiB */
  readonly spillLimit?: number | undefined;
  /** Enter snapshot directories. @default false */
  readonly snapshots?: boolean | undefined;
  /** Seconds a file system may take to answer before it is given up; 0 for ever. @default 120 */
  readonly opTimeout?: number | undefined;
  /** Whether network file systems may answer from their caches. @default 'lazy': they may */
  readonly stat?: 'lazy' | 'sync' | undefined;
  /** Make it a scan that `resume()` goes on with after any end: a directory of parts, or a Parquet file in the end. */
  readonly checkpoint?: CheckpointOptions | undefined;
  /**
   * Seconds after which the walk stops: directories that were entered are finished, and the others are
   * missing from the result, or with `checkpoint` left to `resume()`.
   */
  readonly timeLimit?: number | undefined;
  /** Stops the walk in the same way when it aborts. */
  readonly stop?: AbortSignal | undefined;
  /** Cancels the report: it rejects with `PWALK_CANCELLED` and leaves no file. */
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Called ten times a second during the walk, and once at its end. */
  readonly onProgress?: ((progress: ReportProgress) => void) | undefined;
}

/** A report of which nothing is left to refuse. */
export interface ReportPlan
  extends Omit<ReportOptions, 'output' | 'constants' | 'checkpoint' | keyof OutputSettings> {
  readonly roots: readonly Uint8Array[];
  readonly outputs: readonly OutputPlan[];
  readonly constants: Readonly<Record<string, string>>;
  readonly filters: readonly Stage<'filter'>[];
  readonly snapshots: boolean;
  readonly stat: 'lazy' | 'sync';
  readonly checkpoint: CheckpointPlan | undefined;
}

const path = z.string().min(1, 'must not be empty').refine(hasNoNul, 'must not hold a NUL');

const settings = {
  format: z.enum(formats).optional(),
  compression: z.custom<Compression>(isCompression, `must be ${compressionsAccepted}`).optional(),
  columns: z.array(z.string()).min(1).optional(),
  header: z.boolean().optional(),
  csvSafe: z.boolean().optional(),
  partitionBy: z.array(z.string()).min(1).optional(),
};

const output = z.union([path, z.strictObject({ path, ...settings })], {
  error: 'must be a path, or an object with a path and settings',
});

const called = <F extends (...args: never[]) => void>() =>
  z.custom<F>((value) => typeof value === 'function', 'must be a function').optional();

const optionsSchema = z.strictObject({
  ...settings,
  ...pruneOptions.shape,
  output: z.union([output, z.array(output).min(1, 'must have one')], {
    error: 'must be a path, an object with a path and settings, or a list of them',
  }),
  constants: z.record(z.string(), z.string()).optional(),
  filters: z
    .array(z.custom<Stage<'filter'>>(isFilter, "must be a filter, as where('size > 1GiB')"))
    .default([]),
  failOnMatch: z.boolean().optional(),
  errors: path.optional(),
  directories: path.optional(),
  hardLinks: path.optional(),
  threads: z.int().min(1).max(1024).optional(),
  memory: z.int().min(LEAST_MEMORY).optional(),
  overflow: z.enum(['pause', 'spill']).optional(),
  spillDir: path.optional(),
  spillLimit: z.int().min(LEAST_SPILL_LIMIT).optional(),
  snapshots: z.boolean().default(false),
  opTimeout: z.number().min(0).max(31_536_000).optional(),
  stat: z.enum(['lazy', 'sync']).default('lazy'),
  checkpoint: checkpointOptions.optional(),
  timeLimit: z.number().positive().max(LONGEST_TIME).optional(),
  stop: z.instanceof(AbortSignal).optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onWarning: called<(message: string) => void>(),
  onProgress: called<(progress: ReportProgress) => void>(),
});

const bytes = z
  .instanceof(Uint8Array)
  .refine((root) => root.length > 0 && !root.includes(0), 'must hold bytes, and no NUL');
const root = z.union([path, bytes], { error: 'must be a path, as text or as bytes' });
const rootsSchema = z.union([root, z.array(root).min(1, 'must have a path')], {
  error: 'must be a path, as text or as bytes, or a list of paths',
});

function isFilter(value: unknown): boolean {
  return isStage(value) && value.kind === 'filter';
}

function hasNoNul(text: string): boolean {
  return !text.includes('\0');
}

/**
 * Checks what `report()` was called with, as plain JavaScript may call it with anything.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that names what does not fit and what would
 */
export async function planReport(givenRoots: unknown, givenOptions: unknown): Promise<ReportPlan> {
  const roots = [parsed(rootsSchema, givenRoots, 'The roots')].flat();
  const {
    output: given,
    format,
    compression,
    columns,
    header,
    csvSafe,
    partitionBy,
    ...options
  } = parsed(optionsSchema, givenOptions, 'The options');
  const constants = options.constants ?? {};
  checkConstants(Object.keys(constants));
  const shared = { format, compression, columns, header, csvSafe, partitionBy };
  const outputs = [given].flat().map((one) => planOutput(one, shared));
  if (columns !== undefined && !outputs.some((planned) => planned.columns !== undefined)) {
    throw misfit(
      'dey-csv has its 17 columns and no others, and a summary has none; choose columns of csv or parquet.',
    );
  }
  if (csvSafe !== undefined && !outputs.some((planned) => planned.csvSafe !== undefined)) {
    throw misfit('Only CSV is made safe for spreadsheets; write csv or dey-csv, or leave it out.');
  }
  if (header !== undefined && !outputs.some((planned) => planned.header !== undefined)) {
    throw misfit(
      'A header is for dey-csv to choose; csv has one always, and parquet has names anyway.',
    );
  }
  if (partitionBy !== undefined && !outputs.some((planned) => planned.partitionBy !== undefined)) {
    throw misfit('Only parquet is written as a dataset; give a parquet output to partition.');
  }
  if (
    Object.keys(constants).length > 0 &&
    outputs.every((planned) => fixedColumns(planned.format) !== null)
  ) {
    throw misfit(
      'dey-csv has its 17 columns and no others, and a summary has none; add columns to csv or parquet.',
    );
  }
  for (const planned of outputs) {
    checkColumns(planned.columns ?? [], constants);
    checkColumns(planned.partitionBy ?? [], constants);
  }
  if (options.failOnMatch === true && options.filters.length === 0) {
    throw misfit('Every entry matches where there is no filter; say what to fail on.');
  }
  if (options.errors !== undefined) checkErrorsFile(options.errors);
  const { errors, directories, hardLinks } = options;
  if (directories !== undefined) checkTableFile(directories, 'directories');
  if (hardLinks !== undefined) checkTableFile(hardLinks, 'hard links');
  const tables = [errors ?? [], directories ?? [], hardLinks ?? []].flat();
  await checkApart([...outputs.map((planned) => planned.path), ...tables]);
  const plan: ReportPlan = {
    ...options,
    checkpoint: options.checkpoint,
    roots: roots.map((one) => Buffer.from(one)),
    outputs,
    constants,
  };
  if (plan.checkpoint !== undefined) checkCheckpointed(plan);
  return plan;
}

function parsed<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const faults = error.issues.map(({ path: at, message }) =>
    at.length > 0 ? `${at.join('.')}: ${message}` : message,
  );
  throw misfit(`${what} of report() do not fit (${escapeText(faults.join('; '))}).`);
}

function planOutput(one: string | OutputOptions, shared: OutputSettings): OutputPlan {
  const own = typeof one === 'string' ? { path: one } : one;
  const format = own.format ?? shared.format ?? formatOf(own.path);
  const isDey = format === 'dey-csv';
  const planned = {
    path: own.path,
    format,
    compression: own.compression ?? shared.compression,
    columns: own.columns ?? (fixedColumns(format) === null ? shared.columns : undefined),
    header: own.header ?? (isDey ? shared.header : undefined),
    csvSafe: own.csvSafe ?? (isDey || format === 'csv' ? shared.csvSafe : undefined),
    partitionBy: own.partitionBy ?? (format === 'parquet' ? shared.partitionBy : undefined),
  };
  checkEnding(planned);
  return planned;
}

function checkColumns(names: readonly string[], constants: object): void {
  const known = [...fullEntrySchema.fields.map(({ name }) => name), ...Object.keys(constants)];
  for (const [at, name] of names.entries()) {
    if (!known.includes(name)) {
      throw misfit(
        `There is no column "${escapeText(name)}"; the columns are ${known.join(', ')}.`,
      );
    }
    if (names.indexOf(name) !== at)
      throw misfit(`The column "${name}" is named twice; once will do.`);
  }
}

function checkConstants(names: readonly string[]): void {
  for (const name of names) {
    checkColumnName(name);
    if (fullEntrySchema.has(name) || errorsSchema.has(name)) {
      throw misfit(`There is a column "${name}" already; give yours another name.`);
    }
  }
}

/** Two outputs under one name would replace each other, and in one descriptor get mixed. */
async function checkApart(paths: readonly string[]): Promise<void> {
  const places = await Promise.all(
    paths.map(async (one) => String((await outputDescriptor(one)) ?? (await placeOf(one)))),
  );
  const twice = paths.find((_, at) => places.indexOf(places[at] ?? '') !== at);
  if (twice !== undefined) {
    throw misfit(
      `"${escapeText(twice)}" is to be written twice; give each output a name of its own.`,
    );
  }
}

/** Where a file of that name comes to be, whatever leads there. A link under the name itself is replaced. */
async function placeOf(path: string): Promise<string> {
  return realpath(dirname(path)).then(
    (directory) => join(directory, basename(path)),
    () => normalize(path), // What is wrong with the directory is told when the output is created.
  );
}

function misfit(message: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', message);
}
