import * as Flags from '@oclif/core/flags';
import { defaultEntrySchema, PwalkError } from '@pwalk/core';
import { checkColumnName } from '../column-name.js';
import { type Compression, compressionsAccepted, isCompression } from '../compression.js';
import { checkExact } from '../exact-arguments.js';
import { type Format, formats } from '../output-format.js';
import type { OutputOptions } from '../report-options.js';

/** Where rows go, and as what. */
export const outputFlags = {
  output: Flags.string({
    char: 'o',
    description: 'file to write, - for standard output; several times for several files',
    default: ['scan.parquet'],
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
  format: Flags.option({
    options: formats,
    description:
      'what to write; by the ending of FILE when not given (.parquet, .csv, .jsonl, .arrow, .arrows, .prom), parquet where it has none; once for all outputs, or once for each',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: 'OUTPUT',
  })(),
  compression: Flags.string({
    description:
      'none, zstd[:LEVEL], for parquet lz4, for CSV gzip[:LEVEL]; zstd for parquet and by the ending for CSV when not given; once for all outputs, or once for each',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'CODEC',
    helpGroup: 'OUTPUT',
  }),
  columns: Flags.string({
    description: 'columns to write, as path,size,owner; +owner,group adds to the usual ones',
    helpValue: 'NAMES',
    helpGroup: 'OUTPUT',
  }),
  column: Flags.string({
    description: 'add a column with the same text in every row; may be given several times',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=TEXT',
    helpGroup: 'OUTPUT',
  }),
  'csv-safe': Flags.boolean({
    description:
      'for spreadsheets: an apostrophe before text in CSV that they would take for a formula',
    helpGroup: 'OUTPUT',
  }),
  header: Flags.boolean({
    description: 'for dey-csv: begin with the names of the columns',
    helpGroup: 'OUTPUT',
  }),
  'partition-by': Flags.string({
    description: 'for parquet: write a directory, with one below it for each value, as owner,type',
    helpValue: 'NAMES',
    helpGroup: 'OUTPUT',
  }),
  errors: Flags.string({
    description: 'file for what could not be read: .parquet, .csv or .jsonl',
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
  directories: Flags.string({
    description:
      'file for the totals of every directory with all below it: .parquet, .csv, .jsonl or .arrow',
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
  'hard-links': Flags.string({
    description: 'file for the names of files that have several: .parquet, .csv, .jsonl or .arrow',
    helpValue: 'FILE',
    helpGroup: 'OUTPUT',
  }),
};

/** The output flags as oclif parsed them. */
export interface ParsedOutputFlags {
  readonly output: readonly string[];
  readonly format: readonly Format[] | undefined;
  readonly compression: readonly string[] | undefined;
  readonly columns: string | undefined;
  readonly column: readonly string[] | undefined;
  readonly header: boolean;
  readonly 'csv-safe': boolean;
  readonly 'partition-by': string | undefined;
  readonly errors: string | undefined;
  readonly directories: string | undefined;
  readonly 'hard-links': string | undefined;
}

/** What the flags ask for, as `report()` takes it. */
export interface OutputRequest {
  readonly output: readonly OutputOptions[];
  readonly columns: readonly string[] | undefined;
  readonly constants: Readonly<Record<string, string>>;
  readonly header: true | undefined;
  readonly csvSafe: true | undefined;
  readonly partitionBy: readonly string[] | undefined;
  readonly errors: string | undefined;
  readonly directories: string | undefined;
  readonly hardLinks: string | undefined;
}

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function outputRequest(flags: ParsedOutputFlags): OutputRequest {
  const { output: paths, errors, directories, 'hard-links': hardLinks } = flags;
  checkExact(
    [...paths, errors, directories, hardLinks],
    'The name of an output must be UTF-8; choose another, and rename the file afterwards.',
  );
  const formatOf = forEach('--format', flags.format, paths.length);
  const compressionOf = forEach('--compression', flags.compression?.map(compression), paths.length);
  return {
    output: paths.map((path, at) => ({
      path,
      format: formatOf(at),
      compression: compressionOf(at),
    })),
    columns: flags.columns === undefined ? undefined : columnNames(flags.columns),
    constants: constantsOf(flags.column ?? []),
    header: flags.header || undefined,
    csvSafe: flags['csv-safe'] || undefined,
    partitionBy: flags['partition-by']?.split(',').map((name) => name.trim()),
    errors,
    directories,
    hardLinks,
  };
}

/** The value for each output: of a flag that was given once for all, or once for each. */
function forEach<T>(
  flag: string,
  values: readonly T[] | undefined,
  outputs: number,
): (at: number) => T | undefined {
  if (values === undefined) return () => undefined;
  if (values.length === 1) return () => values[0];
  if (values.length === outputs) return (at) => values[at];
  throw misfit(
    `${flag} was given ${values.length} times for ${outputs} ${outputs === 1 ? 'output' : 'outputs'}; give it once for all, or once for each.`,
  );
}

function compression(text: string): Compression {
  if (isCompression(text)) return text;
  throw misfit(`--compression ${text} is none that there is; give ${compressionsAccepted}.`);
}

function columnNames(text: string): string[] {
  const adds = text.startsWith('+');
  const names = (adds ? text.slice(1) : text).split(',').map((name) => name.trim());
  return adds ? [...defaultEntrySchema.fields.map(({ name }) => name), ...names] : names;
}

function constantsOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  const constants = new Map<string, string>();
  for (const pair of pairs) {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || text === undefined) {
      throw misfit(`--column ${pair} has no text; give it as NAME=TEXT.`);
    }
    checkColumnName(name);
    checkExact([pair], `The text of --column ${name} must be UTF-8.`);
    if (constants.has(name)) throw misfit(`--column ${name} was given twice; give it once.`);
    constants.set(name, text);
  }
  return Object.fromEntries(constants);
}

function misfit(message: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', message);
}
