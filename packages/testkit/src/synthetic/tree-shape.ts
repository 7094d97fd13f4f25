/** What the directories of a made-up tree are like. */
export interface TreeShape {
  /** Files in each directory. */
  readonly files: number;
  /** Directories in each directory that is not on the last level. */
  readonly directories: number;
  /** Levels of directories below the root. */
  readonly depth: number;
}

/** Levels that are tried: a path of more is longer than the entries table takes. */
const MOST_LEVELS = 32_768;

/** Entries a tree of that shape has when it is full, its root counted. Infinity beyond what a double counts. */
export function fullTree({ files, directories, depth }: TreeShape): number {
  let entries = 0;
  let level = 1;
  for (let below = 0; below <= depth && entries < Number.MAX_SAFE_INTEGER; below++) {
    entries += level * (1 + files);
    level *= directories;
  }
  return entries < Number.MAX_SAFE_INTEGER ? entries : Number.POSITIVE_INFINITY;
}

/** The fewest levels with which a tree has room for so many entries; null when none are enough. */
export function levelsFor(entries: number, shape: Omit<TreeShape, 'depth'>): number | null {
  let found = 0;
  let level = 1;
  for (let depth = 0; depth <= MOST_LEVELS && level > 0; depth++) {
    found += level * (1 + shape.files);
    if (found >= entries) return depth;
    level *= shape.directories;
  }
  return null;
}
