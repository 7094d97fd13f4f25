import { type EntryBatch, observeSource } from '@pwalk/core';
import type { Observable } from 'rxjs';
import { checkScan, type ScanOptions } from './scan-options.js';
import { walker } from './walker.js';

type Root = string | Uint8Array;

/**
 * Walks directory trees in parallel and emits their entries as batches of columns.
 *
 * ```ts
 * scan('/data').pipe(map((batch) => batch.length)).subscribe(console.log);
 * ```
 *
 * Any RxJS operator may stand in the pipe; use `eachBatch` for asynchronous work, so that the walk
 * waits for it. Unsubscribing cancels the walk. Each subscription walks anew.
 *
 * Errors with a `PwalkError`: `PWALK_ROOT_MISSING` when a root cannot be looked at. What fails below
 * the roots is a row with a `state` and an `errno`.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`, at the call, for arguments that do not fit
 */
export function scan(
  roots: Root | readonly Root[],
  options: ScanOptions = {},
): Observable<EntryBatch> {
  const {
    columns,
    credit,
    memory,
    reuseMemory,
    signal,
    onWarning,
    onProgress,
    onAccounting,
    ...walking
  } = checkScan(roots, options);
  return observeSource(walker(walking), {
    columns: new Set(columns),
    credit,
    memory,
    reuseMemory,
    signal,
    onWarning,
    onProgress,
    onAccounting,
  });
}
