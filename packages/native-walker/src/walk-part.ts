import { escapeText, PwalkError } from '@pwalk/core';
import type { NativeRootProbe } from './native-binding.js';

/** Which directory a root was: as long as it is that one, a walk can be gone on with. */
export interface RootIdentity {
  /** As typed, as bytes. */
  readonly path: Uint8Array;
  readonly dev: bigint;
  readonly inode: bigint;
  /** When it was made, in microseconds; null where its file system keeps no such time. */
  readonly btime: bigint | null;
}

/** What an earlier part of a walk has left for the next. */
export interface Remaining {
  /** The directories that were found and not entered, and those above them; bytes for the native walker alone. */
  readonly frontier: Uint8Array;
  readonly roots: readonly RootIdentity[];
}

export interface WalkPartOptions {
  /** What is left is to be walked by another: only the native walker can say what that is. @default false */
  readonly resumable?: boolean | undefined;
  /** Where to go on; the beginning when not given. */
  readonly from?: Remaining | undefined;
  /** Rows after which it is likely to be stopped: where they are few, batches are small, so that they can be counted. */
  readonly rows?: number | undefined;
  /** Ask file systems again that were given up in earlier parts. @default false */
  readonly retryDegraded?: boolean | undefined;
  /** Take a root for what it was although its device has another number and nothing else tells. @default false */
  readonly sameFileSystems?: boolean | undefined;
}

/**
 * A walk, or a part of one, that can be stopped: it then finishes the directories it has entered, with
 * all their rows, and leaves the others. Given to one walker, as its option `part`.
 */
export class WalkPart {
  readonly options: WalkPartOptions;
  readonly #stopping = new AbortController();
  #roots: readonly RootIdentity[] = [];
  #frontier: Uint8Array | null = null;
  #isStopped = false;

  constructor(options: WalkPartOptions = {}) {
    this.options = options;
  }

  /** Asks the walk to end soon; any time, also before it begins. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Aborts when the walk is to end. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** After the run: directories were left, because it was stopped. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** What the rows of the run are not the whole of: it was stopped, or began in the middle. */
  get isPartial(): boolean {
    return this.#isStopped || this.options.from !== undefined;
  }

  /** After the run: what it has left, for the next part; null when that is nothing, or cannot be kept. */
  get remaining(): Remaining | null {
    return this.#frontier === null ? null : { frontier: this.#frontier, roots: this.#roots };
  }

  /** The roots as the walker found them. */
  get roots(): readonly RootIdentity[] {
    return this.#roots;
  }

  /**
   * For walkers: what the roots are now, before anything is read.
   * @throws PwalkError `PWALK_RESUME_REFUSED` when one is not what it was
   */
  opened(paths: readonly Uint8Array[], probes: readonly NativeRootProbe[]): void {
    const found = paths.map((path, at) => ({ path, ...identityOf(probes[at]) }));
    const { from, sameFileSystems = false } = this.options;
    if (from === undefined) {
      this.#roots = found;
      return;
    }
    for (const root of found) {
      const then = from.roots.find(({ path }) => Buffer.compare(path, root.path) === 0);
      if (then !== undefined) checkRoot(then, root, sameFileSystems);
    }
    this.#roots = from.roots;
  }

  /** For walkers: the walk has ended. @param frontier what it left, where it can say that in bytes */
  ended(isStopped: boolean, frontier: Uint8Array | null): void {
    this.#isStopped = isStopped;
    this.#frontier = frontier;
  }
}

function identityOf(probe: NativeRootProbe | undefined) {
  const { dev = 0n, inode = 0n, btime = null } = probe ?? {};
  return { dev, inode, btime };
}

/** Devices get other numbers when a machine is started again, or on another one; inodes and birth times stay. */
function checkRoot(then: RootIdentity, now: RootIdentity, isTrusted: boolean): void {
  const name = `"${escapeText(then.path)}"`;
  const isBorn = then.btime !== null && now.btime !== null;
  if (then.inode !== now.inode || (isBorn && then.btime !== now.btime)) {
    throw new PwalkError(
      'PWALK_RESUME_REFUSED',
      `${name} is another directory than the scan began with (inode ${then.inode} then, ${now.inode} now); mount what was there, or begin a new scan.`,
    );
  }
  if (then.dev !== now.dev && !isBorn && !isTrusted) {
    throw new PwalkError(
      'PWALK_RESUME_REFUSED',
      `${name} is on a device with another number than when the scan began, and its file system tells no birth time to know it by; if it is the same one, as after a restart or on another node, resume with --same-file-systems.`,
    );
  }
}
