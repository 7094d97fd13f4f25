import { z } from 'zod';
import { fullTree, levelsFor, type TreeShape } from './tree-shape.js';

/** Bytes of a path that the entries table takes whole. */
const MOST_PATH = 65_535;

/** Bytes of a file's name that are no digits: the letter before them and the ending. */
const LETTERS = 5;

/** Options of the synthetic source: how large the tree is, what it is like, and how slow. */
export const syntheticOptions = z
  .strictObject({
    /** Rows, the root's included. */
    entries: z
      .int()
      .min(1)
      .max(2 ** 42),
    /** Files in each directory. */
    files: z.int().min(0).max(1e9).default(20),
    /** Directories in each directory. */
    directories: z.int().min(0).max(1e9).default(4),
    /** Levels of directories below the root; as few as hold the entries when not given. */
    depth: z.int().min(0).optional(),
    /** Share of the names of files that are one of two of the same file. */
    hardLinks: z.number().min(0).max(1).default(0.01),
    /** Bytes of each name. */
    nameLength: z.int().min(8).max(255).default(16),
    /** Path of the root. */
    root: z
      .string()
      .regex(/^\/[\x20-\x7e]*[^/]$/, 'must be an absolute path in ASCII')
      .default('/synthetic'),
    /** Rows of a batch. */
    batchRows: z.int().min(1).max(65_536).default(2048),
    /** Milliseconds before each batch. */
    latency: z.number().min(0).max(60_000).default(0),
  })
  .transform((options, ctx) => {
    const { entries, files, directories, nameLength } = options;
    const refuse = (message: string) => {
      ctx.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    const depth = options.depth ?? levelsFor(entries, options);
    const digits = String(Math.max(files, directories)).length;
    if (digits > nameLength - LETTERS) {
      return refuse(
        `names of ${nameLength} bytes are too few; give nameLength: ${digits + LETTERS}`,
      );
    }
    if (depth === null || fullTree({ files, directories, depth }) < entries) {
      return refuse(
        `a tree with ${files} files and ${directories} directories in each directory${depth === null ? '' : `, ${depth} levels deep,`} has no room for ${entries} entries; give it more of them`,
      );
    }
    const made = { ...options, depth };
    if (longestPath(made) > MOST_PATH) {
      return refuse(
        `a tree of ${depth} levels has paths longer than ${MOST_PATH} bytes; give more files or directories to each directory, or a shorter nameLength`,
      );
    }
    return made;
  });

export type SyntheticOptions = z.output<typeof syntheticOptions>;

/** Bytes of the longest path there may be. */
export function longestPath({
  root,
  depth,
  nameLength,
}: Pick<TreeShape, 'depth'> & { root: string; nameLength: number }): number {
  return root.length + (depth + 1) * (nameLength + 1);
}
