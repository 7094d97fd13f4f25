import { PwalkError, type Stage } from '@pwalk/core';
import { type Compression, type CompressionSettings, compressionSettings } from './compression.js';

/** What a report can be written as; `docs/reference/cli.md` says what each is for. */
export const formats = ['parquet', 'csv', 'dey-csv'] as const;
export type Format = (typeof formats)[number];

/** The format a file's name asks for: csv for `.csv`, `.csv.gz` and `.csv.zst`, else Parquet. */
export function formatOf(path: string): Format {
  return /\.csv(\.gz|\.zst)?$/.test(path) ? 'csv' : 'parquet';
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
}

/**
 * The sink for an output. Loads only the one that is asked for.
 * @param constants columns that the report adds to those of the scan
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when something is asked of a format that it does not have
 */
export async function sinkFor(
  { path, format, compression, columns, header }: OutputPlan,
  constants: Readonly<Record<string, string>>,
): Promise<Stage<'sink'>> {
  if (header !== undefined && format !== 'dey-csv') {
    throw misfit(
      `A header is for dey-csv to choose; ${format} has ${format === 'csv' ? 'one always' : 'its columns named anyway'}.`,
    );
  }
  if (columns !== undefined && format === 'dey-csv') {
    throw misfit('dey-csv has its 17 columns and no others; choose columns of csv or parquet.');
  }
  const packing: Partial<CompressionSettings> =
    compression === undefined ? {} : compressionSettings(compression);
  const chosen =
    columns === undefined ? {} : { columns: [...columns, ...missingFrom(columns, constants)] };
  if (format === 'parquet') {
    const codec = packing.compression ?? 'zstd';
    if (codec === 'gzip') throw misfit('Parquet is compressed with zstd or not at all, not gzip.');
    const { parquet } = await import('@pwalk/sink-parquet');
    return parquet({
      path,
      ...packing,
      compression: codec,
      ...chosen,
      metadata: { ...constants },
    });
  }
  const { csv } = await import('@pwalk/sink-csv');
  return format === 'csv'
    ? csv({ path, ...packing, ...chosen })
    : csv({ path, ...packing, dialect: 'dey', header: header ?? false });
}

function missingFrom(columns: readonly string[], constants: object): string[] {
  return Object.keys(constants).filter((name) => !columns.includes(name));
}

function misfit(message: string): PwalkError {
  return new PwalkError('PWALK_OPTIONS_INVALID', message);
}
