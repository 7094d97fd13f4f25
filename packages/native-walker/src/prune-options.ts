import { z } from 'zod';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** Which parts of the trees are walked: options of the walker, and of whatever starts one. */
export const pruneOptions = z.object({
  /**
   * Globs of what to leave out: one without a slash is matched against names, one with a slash against
   * the path below the root, a slash at the end means directories. `*`, `?`, `[…]`, `**`, `{a,b}`.
   * What is excluded is not entered: a directory is one row, everything else is counted.
   */
  exclude: z.array(z.union([z.string(), bytes])).optional(),
  /** Files of patterns in gitignore form; `exclude` comes after them. */
  excludeFrom: z.array(z.string().min(1)).optional(),
  /** Files of exact paths to leave out, one a line, as they would be in the `path` column. */
  excludePaths: z.array(z.string().min(1)).optional(),
  /** Do not enter what is mounted below a root, bind mounts included. @default false */
  oneFileSystem: z.boolean().optional(),
  /**
   * Enter directories that symbolic links below a root lead to: the link has the row of the directory.
   * Each directory is entered once; a link to one that is entered elsewhere has the state `loop`. Links to
   * anything else stay rows of links. @default false
   */
  followSymlinks: z.boolean().optional(),
  /** Enter pseudo file systems (proc, sysfs, cgroup, …) below a root. What automounts is never entered. @default false */
  includePseudo: z.boolean().optional(),
  /** Levels below the roots: 0 for the roots alone, 1 for their entries too. @default all */
  maxDepth: z.int().min(0).max(2_147_483_647).optional(),
});

export type PruneOptions = z.output<typeof pruneOptions>;
