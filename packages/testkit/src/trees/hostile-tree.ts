import type { DirectoryBuilder } from './directory-builder.js';

/** A directory tree that breaks walkers. */
export interface HostileTree {
  readonly name: string;
  /** What it breaks. */
  readonly about: string;
  readonly needsRoot?: boolean;
  /** Fills the tree's directory. */
  readonly build: (directory: DirectoryBuilder) => void;
}
