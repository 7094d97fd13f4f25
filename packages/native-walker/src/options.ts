import { z } from 'zod';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Options of the walker as a source of a pipeline. */
export const walkerOptions = z.object({
  /** Directories (or files) to walk; bytes where a path is not UTF-8. */
  roots: z.array(z.union([z.string().min(1), bytes])).min(1),
  /** Threads that read; chosen from the machine and the file system when not given. */
  threads: z.int().min(1).max(1024).optional(),
  /** Enter snapshot directories. */
  snapshots: z.boolean().default(false),
  /** `native`, `portable`, or whichever can be had. */
  engine: z.enum(['auto', 'native', 'portable']).default('auto'),
  /** `lazy` lets network file systems answer from their caches; `sync` asks the server each time. */
  stat: z.enum(['lazy', 'sync']).default('lazy'),
  /**
   * Globs of what to leave out: one without a slash is matched against names, one with a slash against
   * the path below the root, a slash at the end means directories. `*`, `?`, `[…]`, `**`, `{a,b}`.
   * What is excluded is not entered: a directory is one row, everything else is counted.
   */
  exclude: z.array(z.union([z.string(), bytes])).default([]),
  /** Files of patterns in gitignore form; `exclude` comes after them. */
  excludeFrom: z.array(z.string().min(1)).default([]),
  /** Files of exact paths to leave out, one a line, as they would be in the `path` column. */
  excludePaths: z.array(z.string().min(1)).default([]),
  /** Do not enter what is mounted below a root, bind mounts included. */
  oneFileSystem: z.boolean().default(false),
  /** Enter pseudo file systems (proc, sysfs, cgroup, ...) below a root. What automounts is never entered. */
  includePseudo: z.boolean().default(false),
  /** Levels below the roots: 0 for the roots alone, 1 for their entries too. */
  maxDepth: z.int().min(0).max(2_147_483_647).optional(),
});

export type WalkerOptions = z.output<typeof walkerOptions>;
