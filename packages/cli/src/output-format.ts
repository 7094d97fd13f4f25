import { PwalkError, type Stage } from '@pwalk/core';

/** What a report can be written as; `docs/reference/cli.md` says what each is for. */
export const formats = ['parquet', 'csv', 'dey-csv'] as const;
export type Format = (typeof formats)[number];

/** The format a file's name asks for: csv for `.csv`, `.csv.gz` and `.csv.zst`, else Parquet. */
export function formatOf(path: string): Format {
  return /\.csv(\.gz|\.zst)?$/.test(path) ? 'csv' : 'parquet';
}

export interface OutputOptions {
  readonly path: string;
  readonly format: Format;
  /** For dey-csv: begin with the names of the columns. csv always does. */
  readonly header?: boolean | undefined;
}

/**
 * The sink for an output. Loads only the one that is asked for.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when a header is asked of a format that has none to choose
 */
export async function sinkFor({ path, format, header }: OutputOptions): Promise<Stage<'sink'>> {
  if (header !== undefined && format !== 'dey-csv') {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `--header is for dey-csv; ${format} has ${format === 'csv' ? 'one always' : 'its columns named anyway'}.`,
    );
  }
  if (format === 'parquet') {
    const { parquet } = await import('@pwalk/sink-parquet');
    return parquet({ path });
  }
  const { csv } = await import('@pwalk/sink-csv');
  return csv(format === 'csv' ? { path } : { path, dialect: 'dey', header: header ?? false });
}
