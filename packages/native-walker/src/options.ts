import { DEFAULT_SPILL_LIMIT, LEAST_SPILL_LIMIT } from '@pwalk/core';
import { z } from 'zod';
import { pruneOptions } from './prune-options.js';
import { WalkPart } from './walk-part.js';

const text = z.string().min(1, 'must not be empty');
const bytes: z.ZodType<Uint8Array> = z
  .instanceof(Uint8Array)
  .refine((path) => path.length > 0, 'must not be empty');
/** A NUL would end it earlier than its owner thinks. */
const path = z
  .union([text, bytes], { error: 'must be a path, as text or as bytes' })
  .refine(
    (given) => !(typeof given === 'string' ? given.includes('\0') : given.includes(0)),
    'must not hold a NUL',
  );

/** A year, in seconds. */
const LONGEST_WAIT = 31_536_000;

/** Options of the walker as a source of a pipeline. */
export const walkerOptions = z.strictObject({
  /** Directories (or files) to walk; bytes where a path is not UTF-8. */
  roots: z.array(path).min(1, 'must have a path'),
  /** Threads that read; one for each processor, and more while calls are slow, when not given. */
  threads: z.int().min(1).max(1024).optional(),
  /** Enter snapshot directories. */
  snapshots: z.boolean().default(false),
  /** `native`, `portable`, or whichever can be had. */
  engine: z.enum(['auto', 'native', 'portable']).default('auto'),
  /** `lazy` lets network file systems answer from their caches; `sync` asks the server each time. */
  stat: z.enum(['lazy', 'sync']).default('lazy'),
  /** Seconds a call into the kernel may take before a warning names it. */
  warnAfter: z.number().positive().max(LONGEST_WAIT).default(30),
  /**
   * Seconds a call may take before its file system is given up: what is not read of it yet gets the state
   * `degraded`, and the rest of the walk goes on. 0 waits for ever.
   */
  opTimeout: z.number().min(0).max(LONGEST_WAIT).default(120),
  /**
   * Where directories go that were found, are not read yet and do not fit into memory: into one file
   * without a name. Only the native walker does that. @default the system's directory for temporary files
   */
  spillDir: text.refine((given) => !given.includes('\0'), 'must not hold a NUL').optional(),
  /** Bytes of disk space for them. */
  spillLimit: z.int().min(LEAST_SPILL_LIMIT).default(DEFAULT_SPILL_LIMIT),
  /** The walk can be stopped, or goes on where another was. */
  part: z.instanceof(WalkPart).optional(),
  ...pruneOptions.shape,
});

export type WalkerOptions = z.output<typeof walkerOptions>;
