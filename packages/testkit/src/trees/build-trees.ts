import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { type BuildLog, DirectoryBuilder, type Skipped } from './directory-builder.js';
import type { HostileTree } from './hostile-tree.js';
import { hostileTrees, type TreeName } from './hostile-trees.js';
import { type ManifestEntry, readManifest } from './manifest.js';
import { OpenDirectory } from './open-directory.js';
import { Planted } from './planted.js';

/** Trees that were built below one directory. */
export interface BuiltTrees {
  /** The directory that holds them: the root to walk. */
  readonly path: string;
  /** What this file system or this user could not be given; not in the manifest. */
  readonly skipped: readonly Skipped[];
  /**
   * Every entry a correct walk of `path` sees, the root first, as lstat sees it now. Made from what
   * was planted, not from listing directories: it moves no access time, and it is no second walker
   * that could lose the same entries.
   */
  manifest(): ManifestEntry[];
  /** Takes mounts down and removes everything, `path` too. */
  remove(): void;
}

/**
 * Builds hostile trees, each in a directory of its name below `directory`, which must not exist or be
 * empty and is made readable for everybody. Linux. As root there is more: devices, owners, mounts.
 * @param trees names of `hostileTrees`, or trees of your own; default all but those that need a
 * privilege this process lacks
 */
export function buildTrees(
  directory: string,
  trees: readonly (TreeName | HostileTree)[] = Object.values(hostileTrees).filter(isPossible),
): BuiltTrees {
  mkdirSync(directory, { recursive: true });
  if (readdirSync(directory).length > 0) throw new Error(`${directory} is not empty`);
  chmodSync(directory, 0o755);
  const path = realpathSync(directory);
  const log: BuildLog = { skipped: [], undo: [] };
  const planted = new Planted(null, Buffer.from(path), true);
  const open = OpenDirectory.at(path);
  const root = new DirectoryBuilder(Buffer.from(path), open, planted, log);
  try {
    for (const tree of trees) {
      const { name, build } = typeof tree === 'string' ? hostileTrees[tree] : tree;
      root.directory(name, { mode: 0o755 }, build);
    }
  } finally {
    open.close();
  }
  return {
    path,
    skipped: log.skipped,
    manifest: () => readManifest(planted),
    remove() {
      for (const undo of log.undo.splice(0).reverse()) undo();
      // fs.rmSync() goes by path and cannot remove what is deeper than a path may be long.
      execFileSync('rm', ['-rf', '--one-file-system', '--', path]);
    },
  };
}

function isPossible({ needsRoot = false }: HostileTree): boolean {
  return !needsRoot || process.geteuid?.() === 0;
}
