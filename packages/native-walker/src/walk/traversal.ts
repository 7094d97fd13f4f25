import type { Lister, Visit } from './lister.js';
import type { NameCodec, WalkName } from './name-codec.js';
import { WalkError } from './walk-error.js';

/** A directory's path, the names of the directories in it, and the names of everything else. */
export type WalkStep<Name extends WalkName = string> = [
  dirpath: Name,
  dirnames: Name[],
  filenames: Name[],
];

/** How far a walk has come. */
export interface WalkProgress {
  /** Directories listed. */
  readonly directories: number;
  /** Names in them. */
  readonly entries: number;
  /** Directories that could not be listed. */
  readonly errors: number;
}

/**
 * Leaves things out of a step before anything in it is entered: takes names out of its arrays, and returns
 * those of its `dirnames` that stay there and are not entered. `linked` are the indices of links; the
 * depth of the top is 0.
 */
export type Prune<Name extends WalkName> = (
  step: WalkStep<Name>,
  depth: number,
  linked: readonly number[],
) => readonly Name[];

export interface TraversalOptions<Name extends WalkName> {
  readonly top: Name;
  readonly topdown: boolean;
  readonly followlinks: boolean;
  readonly onerror: ((error: WalkError) => void) | undefined;
  readonly prune: Prune<Name> | undefined;
}

interface Frame<Name extends WalkName> {
  readonly path: Name;
  /** The caller's array in top-down order: iterated as it changes, as Python iterates a list. */
  readonly dirnames: Name[];
  readonly filenames: Name[];
  /** Not to be entered, though in `dirnames`: links, in bottom-up order, and what was pruned. */
  readonly barred: ReadonlySet<Name> | null;
  /** What the lister expects to be entered; null once it has been told, or when there is nothing to. */
  planned: Name[] | null;
  index: number;
}

/**
 * The order of a walk, apart from how directories are listed and whether anybody waits. Its driver calls
 * `advance()`, does what it says, and calls it again; after a `visit` it first hands over what came of
 * it with `arrive()`.
 */
export class Traversal<Name extends WalkName> {
  readonly #options: TraversalOptions<Name>;
  readonly #codec: NameCodec<Name>;
  readonly #lister: Lister<Name>;
  readonly #frames: Frame<Name>[] = [];
  #started = false;
  #isNew = false;
  readonly #progress = { directories: 0, entries: 0, errors: 0 };

  /** What to visit, in the directory on top of the lister's stack. */
  path: Name;
  name: Name;
  /** What to yield. */
  step: WalkStep<Name> | null = null;

  constructor(options: TraversalOptions<Name>, codec: NameCodec<Name>, lister: Lister<Name>) {
    this.#options = options;
    this.#codec = codec;
    this.#lister = lister;
    this.path = options.top;
    this.name = options.top;
  }

  get depth(): number {
    return this.#frames.length;
  }

  get progress(): WalkProgress {
    return { ...this.#progress };
  }

  /** @throws PwalkError when the caller put something into `dirnames` that is no name */
  advance(): 'visit' | 'yield' | 'done' {
    const { topdown } = this.#options;
    if (!this.#started) {
      this.#started = true;
      return 'visit';
    }
    if (topdown && this.#isNew) {
      this.#isNew = false;
      return 'yield';
    }
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (frame.planned !== null) this.#compare(frame);
      while (frame.index < frame.dirnames.length) {
        const name = frame.dirnames[frame.index++];
        if (frame.barred?.has(name)) continue;
        this.name = this.#codec.check(name);
        this.path = this.#codec.join(frame.path, this.name);
        return 'visit';
      }
      this.#frames.pop();
      if (topdown) continue;
      this.step = [frame.path, frame.dirnames, frame.filenames];
      return 'yield';
    }
    return 'done';
  }

  /** @throws what `onerror` or `prune` throws */
  arrive(visit: Visit<Name>): void {
    if (visit === null) return;
    if (visit instanceof WalkError) {
      this.#progress.errors++;
      this.#options.onerror?.(visit);
      return;
    }
    const { topdown, followlinks, prune } = this.#options;
    const { dirnames, filenames, linked } = visit;
    this.#progress.directories++;
    this.#progress.entries += dirnames.length + filenames.length;
    const step: WalkStep<Name> = [this.path, dirnames, filenames];
    const barred =
      topdown || followlinks || linked.length === 0 ? [] : linked.map((index) => dirnames[index]);
    const planned =
      dirnames.length > 0 && (topdown || prune !== undefined) ? dirnames.slice() : null;
    if (prune !== undefined) barred.push(...prune(step, this.#frames.length, linked));
    this.#frames.push({
      path: this.path,
      dirnames,
      filenames: topdown ? [] : filenames,
      barred: barred.length === 0 ? null : new Set(barred),
      planned,
      index: 0,
    });
    this.#isNew = topdown;
    this.step = step;
  }

  /** Tells the lister when the walk goes on elsewhere than the listing said. */
  #compare(frame: Frame<Name>): void {
    const { dirnames, planned, barred } = frame;
    frame.planned = null;
    if (planned === null) return;
    const same =
      barred === null &&
      dirnames.length === planned.length &&
      dirnames.every((name, at) => name === planned[at]);
    if (same) return;
    const names = dirnames.filter((name) => !barred?.has(name));
    this.#lister.replan(
      this.#frames.length - 1,
      names.map((name) => this.#codec.check(name)),
    );
  }
}
