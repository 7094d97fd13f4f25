import {
  type Accounting,
  defaultEntrySchema,
  type EntryColumn,
  escapeText,
  fullEntrySchema,
  PwalkError,
  type SourceProgress,
} from '@pwalk/core';
import { z } from 'zod';
import { type WalkerOptions, walkerOptions } from './options.js';

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

const called = <F extends (...args: never[]) => void>() =>
  z.custom<F>((value) => typeof value === 'function', 'must be a function').optional();

const known = defaultEntrySchema.fields.map(({ name }) => name);

const settings = z.strictObject({
  ...walkerOptions.shape,
  columns: z
    .array(
      z.string().refine((name) => fullEntrySchema.has(name), {
        error: ({ input }) =>
          `there is no column "${escapeText(String(input))}"; the columns are ${fullEntrySchema.fields.map(({ name }) => name).join(', ')}`,
      }),
    )
    .min(1, 'must name a column')
    .default(known),
  credit: z.int().min(1).optional(),
  memory: z.int().min(1).optional(),
  reuseMemory: z.boolean().optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onWarning: called<(message: string) => void>(),
  onProgress: called<(progress: SourceProgress) => void>(),
  onAccounting: called<(accounting: Accounting) => void>(),
});

/**
 * Checks what `scan()` was called with, as plain JavaScript may call it with anything.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that names what does not fit and what would
 */
export function checkScan(roots: unknown, options: unknown): z.output<typeof settings> {
  const list = Array.isArray(roots) ? roots : [roots];
  const isObject = typeof options === 'object' && options !== null;
  const given = isObject ? { ...options, roots: list } : options;
  const { success, data, error } = settings.safeParse(given);
  if (success) return data;
  const faults = error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `The arguments of scan() do not fit (${escapeText(faults.join('; '))}).`,
  );
}
