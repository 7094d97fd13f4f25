import { escapeText, PwalkError, type Sink, type Stage } from '@pwalk/core';
import { type Compression, type CompressionSettings, compressionSettings } from './compression.js';

/** What a report can be written as; `docs/reference/cli.md` says what each is for. */
export const formats = [
  'parquet',
  'csv',
  'dey-csv',
  'jsonl',
  'arrow',
  'arrow-stream',
  'summary',
  'prometheus',
] as const;
export type Format = (typeof formats)[number];

/** What a file's name ends in, and the format that asks for. */
const endings: ReadonlyMap<string, Format> = new Map([
  ['parquet', 'parquet'],
  ['csv', 'csv'],
  ['csv.gz', 'csv'],
  ['csv.zst', 'csv'],
  ['jsonl', 'jsonl'],
  ['arrow', 'arrow'],
  ['arrows', 'arrow-stream'],
  ['prom', 'prometheus'],
]);

/**
 * The format a file's name asks for: csv for `.csv`, `.csv.gz` and `.csv.zst`, …; Parquet for a name
 * without an ending, and for a directory.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` for an ending that is none of those
 */
export function formatOf(path: string): Format {
  const [, ending] = /[^/]\.([a-z][a-z0-9]*(?:\.(?:gz|zst))?)$/i.exec(path) ?? [];
  if (ending === undefined) return 'parquet';
  const format = endings.get(ending.toLowerCase());
  if (format !== undefined) return format;
  const known = [...endings.keys()].map((one) => `.${one}`).join(', ');
  throw misfit(
    `The name "${escapeText(path)}" does not say what to write; end it in one of ${known}, or say the format: ${formats.join(', ')}.`,
  );
}

/**
 * Refuses a name that ends like compressed data where that is not what it is going to be.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function checkEnding({ path, format, compression }: OutputPlan): void {
  const [, ending] = /\.(gz|zst)$/i.exec(path) ?? [];
  if (ending === undefined) return;
  const isCsv = format === 'csv' || format === 'dey-csv';
  const named = ending.toLowerCase() === 'gz' ? 'gzip' : 'zstd';
  if (!isCsv) {
    throw misfit(
      `"${escapeText(path)}" ends in .${ending}, and ${format} is not compressed that way; leave the ending out, or write csv.`,
    );
  }
  if (compression === undefined || compressionSettings(compression).compression === named) return;
  throw misfit(
    `"${escapeText(path)}" ends in .${ending}, and its compression is to be ${compression}; give it another name, or leave the compression out.`,
  );
}

/** What is wrong with choosing or adding columns of a format that has none to choose; null for others. */
export function fixedColumns(format: Format): string | null {
  switch (format) {
    case 'dey-csv':
      return 'dey-csv has its 17 columns and no others';
    case 'summary':
    case 'prometheus':
      return 'a summary is not made of columns';
    default:
      return null;
  }
}

/** One output of a report, nothing left open. */
export interface OutputPlan {
  readonly path: string;
  readonly format: Format;
  readonly compression: Compression | undefined;
  /** Columns of the scan to write; undefined: those a scan has by default. */
  readonly columns: readonly string[] | undefined;
  /** For dey-csv: begin with the names of the columns. csv always does. */
  readonly header: boolean | undefined;
  /** For csv and dey-csv: text that a spreadsheet would run gets an apostrophe. */
  readonly csvSafe: boolean | undefined;
  /** For parquet: write a dataset, with directories for the values of these columns. */
  readonly partitionBy: readonly string[] | undefined;
}

/**
 * The sink for an output. Loads only the one that is asked for.
 * @param constants columns that the report adds to those of the scan
 * @param ordered rows stay in the order they come in; in most formats they always do
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when something is asked of a format that it does not have
 */
export async function sinkFor(
  { path, format, compression, columns, header, csvSafe, partitionBy }: OutputPlan,
  constants: Readonly<Record<string, string>>,
  ordered = false,
): Promise<Stage<'sink'>> {
  if (header !== undefined && format !== 'dey-csv') {
    throw misfit(
      `A header is for dey-csv to choose; ${format} has ${format === 'csv' ? 'one always' : 'none to choose'}.`,
    );
  }
  if (csvSafe !== undefined && format !== 'csv' && format !== 'dey-csv') {
    throw misfit(`Only CSV is made safe for spreadsheets, and ${format} is not for them.`);
  }
  if (partitionBy !== undefined && format !== 'parquet') {
    throw misfit(`Only parquet is written as a dataset, and ${format} is not partitioned.`);
  }
  const fixed = fixedColumns(format);
  if (columns !== undefined && fixed !== null) {
    throw misfit(`${sentence(fixed)}; choose columns of csv or parquet.`);
  }
  const packing: Partial<CompressionSettings> =
    compression === undefined ? {} : compressionSettings(compression);
  const chosen =
    columns === undefined ? {} : { columns: [...columns, ...missingFrom(columns, constants)] };
  if (format === 'parquet') {
    const codec = packing.compression ?? 'zstd';
    if (codec === 'gzip')
      throw misfit('Parquet is compressed with zstd, with lz4 or not at all, not gzip.');
    const { parquet } = await import('@pwalk/sink-parquet');
    return parquet({
      path,
      ...packing,
      compression: codec,
      ...chosen,
      ...(partitionBy === undefined ? {} : { partitionBy: [...partitionBy] }),
      ...(ordered ? { ordered } : {}),
      metadata: { ...constants },
    });
  }
  if (format === 'csv' || format === 'dey-csv') {
    const { csv } = await import('@pwalk/sink-csv');
    const { compression: codec, ...level } = packing;
    if (codec === 'lz4') throw misfit('CSV is compressed with gzip or zstd, not lz4.');
    const packed = codec === undefined ? {} : { compression: codec, ...level };
    const safe = csvSafe ?? false;
    return format === 'csv'
      ? csv({ path, ...packed, ...chosen, safe })
      : csv({ path, ...packed, dialect: 'dey', header: header ?? false, safe });
  }
  if (packing.compression !== undefined && packing.compression !== 'none') {
    throw misfit(`${sentence(format)} is not compressed; compress parquet or csv.`);
  }
  if (format === 'jsonl') {
    const { jsonl } = await import('@pwalk/sink-jsonl');
    return jsonl({ path, ...chosen });
  }
  if (format === 'arrow' || format === 'arrow-stream') {
    const { arrow } = await import('@pwalk/sink-arrow');
    return arrow({ path, format: format === 'arrow' ? 'file' : 'stream', ...chosen });
  }
  const { summary } = await import('@pwalk/sink-summary');
  return summary({ path, format: format === 'summary' ? 'json' : 'prometheus' });
}

/** Endings of a file of a table, and with them its format. */
export const tableEnding = /\.(parquet|csv|csv\.gz|csv\.zst|jsonl|arrow|arrows)$/i;

export const tableEndings = '.parquet, .csv, .jsonl or .arrow';

/** @throws PwalkError `PWALK_OPTIONS_INVALID` when the name does not say what to write */
export function checkTableFile(path: string, what: string): void {
  if (tableEnding.test(path)) return;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `A file of ${what} ends in ${tableEndings}, and "${escapeText(path)}" does not; rename it.`,
  );
}

/** The sink for a table in a file of its own, whose rows have an order. @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function tableSink(path: string): Promise<Stage<'sink'>> {
  const nothing = {
    compression: undefined,
    columns: undefined,
    header: undefined,
    csvSafe: undefined,
    partitionBy: undefined,
  };
  return sinkFor({ path, format: formatOf(path), ...nothing }, {}, true);
}

/**
 * The same, made as the engine makes it.
 * @param what is written, for the error
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export async function tableWriter(path: string, what: string): Promise<Sink> {
  const { plugin, options } = await tableSink(path);
  const checked = await plugin.options['~standard'].validate(options);
  if (checked.issues !== undefined) {
    const [{ message } = { message: '' }] = checked.issues;
    throw new PwalkError('PWALK_OPTIONS_INVALID', `${what} cannot be written: ${message}.`);
  }
  return plugin.create(checked.value);
}

function missingFrom(columns: readonly string[], constants: object): string[] {
  return Object.keys(constants).filter((name) => !columns.includes(name));
}

function sentence(text: string): string {
  return text.startsWith('dey') ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function misfit(message: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', message);
}
