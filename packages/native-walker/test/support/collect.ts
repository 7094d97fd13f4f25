import { type Accounting, type EntryBatch, type EntryColumn, fullEntrySchema } from '@pwalk/core';
import { type ScanOptions, scan } from '@pwalk/native-walker';
import { lastValueFrom, tap } from 'rxjs';

export type Row = Record<string, unknown>;

export interface Collected {
  readonly rows: readonly Row[];
  readonly accounting: Accounting;
}

/** Every column, the optional ones too. */
export const everyColumn = fullEntrySchema.fields.map(({ name }) => name as EntryColumn);

/** Walks and keeps every row, sorted by the exact bytes of the path. */
export async function collect(
  roots: string | Uint8Array | readonly (string | Uint8Array)[],
  options: ScanOptions = {},
): Promise<Collected> {
  const rows: Row[] = [];
  let accounting: Accounting | undefined;
  const batches = scan(roots, {
    ...options,
    onAccounting: (account) => {
      accounting = account;
    },
  });
  const keep = tap((batch: EntryBatch) => {
    for (let row = 0; row < batch.length; row++) rows.push(batch.row(row));
  });
  await lastValueFrom(batches.pipe(keep), { defaultValue: null });
  if (accounting === undefined) throw new Error('the walk kept no account');
  return { rows: rows.toSorted((a, b) => Buffer.compare(pathOf(a), pathOf(b))), accounting };
}

/** The exact bytes of a row's path. */
export function pathOf(row: Row): Buffer {
  return row.path_raw instanceof Uint8Array
    ? Buffer.from(row.path_raw)
    : Buffer.from(String(row.path));
}
