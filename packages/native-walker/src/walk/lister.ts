import type { WalkName } from './name-codec.js';
import type { WalkError } from './walk-error.js';

/** One directory's names, in the order in which the kernel gave them. */
export interface Listing<Name extends WalkName> {
  /** Directories, and symbolic links to directories. */
  readonly dirnames: Name[];
  /** Everything else. */
  readonly filenames: Name[];
  /** Which of `dirnames` are symbolic links. */
  readonly linked: readonly number[];
}

/** What entering a directory gives; null for a symbolic link that is not entered. */
export type Visit<Name extends WalkName> = Listing<Name> | WalkError | null;

/**
 * Lists the directories of one walk as it enters them. The position is a stack: visiting at a depth
 * leaves everything below that depth, and enters a name in the directory that is left on top. Depth 0 is
 * the top of the walk, whatever its name.
 */
export interface Lister<Name extends WalkName> {
  /** Rejects with PWALK_CANCELLED once it is closed. */
  visit(depth: number, path: Name, name: Name): Visit<Name> | Promise<Visit<Name>>;
  visitSync(depth: number, path: Name, name: Name): Visit<Name>;
  /** The directories that the one at `depth` will be left for, when not those of its listing in that order. */
  replan(depth: number, names: readonly Name[]): void;
  /** Stops the threads. Resolves when none works for this any more, or after two seconds without those that hang in the kernel. */
  close(): Promise<void>;
  closeSync(): void;
}
