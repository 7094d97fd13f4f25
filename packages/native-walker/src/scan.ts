import {
  type Accounting,
  defaultEntrySchema,
  type EntryBatch,
  type EntryColumn,
  fullEntrySchema,
  type ObserveOptions,
  observeSource,
  PwalkError,
  type SourceProgress,
} from '@pwalk/core';
import type { Observable } from 'rxjs';
import type { WalkerOptions } from './options.js';
import { walker } from './walker.js';

export interface ScanOptions extends Partial<Omit<WalkerOptions, 'roots'>> {
  /** Columns to produce; the kernel is asked for no more than they need. @default every default column */
  readonly columns?: readonly EntryColumn[];
  /** Batches in flight between the walker and the slowest of those who claim them. @default 8 */
  readonly credit?: number;
  /** Bytes beyond what Node itself takes. @default 256 MiB */
  readonly memory?: number;
  /**
   * Fills the memory of acknowledged batches again: about a tenth faster, and no garbage. Then a batch
   * is yours during `next()` and while `eachBatch` works on it, and no longer: operators that hold
   * batches back (`bufferCount`, `delay`, `toArray`) must not be used. @default false
   */
  readonly reuseMemory?: boolean;
  readonly signal?: AbortSignal;
  readonly onWarning?: (message: string) => void;
  /** Called ten times a second during the walk, and once at its end. */
  readonly onProgress?: (progress: SourceProgress) => void;
  /** Called before the stream completes: what was read, and what became of it. */
  readonly onAccounting?: (accounting: Accounting) => void;
}

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
  } = options;
  const unknown = columns?.find((name) => !fullEntrySchema.has(name));
  if (unknown !== undefined) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `There is no column "${unknown}"; the columns are ${fullEntrySchema.fields.map(({ name }) => name).join(', ')}.`,
    );
  }
  const observe: ObserveOptions = {
    columns: new Set(columns ?? defaultEntrySchema.fields.map(({ name }) => name)),
    credit,
    memory,
    reuseMemory,
    signal,
    onWarning,
    onProgress,
    onAccounting,
  };
  const list = typeof roots === 'string' || roots instanceof Uint8Array ? [roots] : [...roots];
  return observeSource(walker({ ...walking, roots: list }), observe);
}
