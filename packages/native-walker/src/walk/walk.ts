import { PwalkError } from '@pwalk/core';
import { isRemoteFileSystem } from '../file-system-type.js';
import { loadBinding } from '../native-binding.js';
import { nativeUnavailable } from '../native-source.js';
import type { PruneOptions } from '../prune-options.js';
import { snapshotNames } from '../snapshot-names.js';
import { threadCount } from '../thread-count.js';
import type { Lister } from './lister.js';
import { bytesCodec, type NameCodec, textCodec, type WalkName } from './name-codec.js';
import { PortableLister } from './portable-lister.js';
import { ProgressReporter } from './progress-reporter.js';
import { pruneSteps } from './prune-steps.js';
import { type Prune, Traversal, type WalkStep } from './traversal.js';
import { type CheckedWalkOptions, checkWalkOptions, type WalkOptions } from './walk-options.js';
import { topBytes, type WalkTop } from './walk-top.js';

/** Directories read ahead when the caller names no number: some hundred KiB of names. */
const DEFAULT_WINDOW = 1024;

/**
 * Walks a directory tree as Python's `os.walk` does, and in parallel: yields
 * `[dirpath, dirnames, filenames]` for each directory below `top` and for `top` itself.
 *
 * ```ts
 * for await (const [dirpath, dirnames, filenames] of walk('/data')) {
 *   if (dirnames.includes('.git')) dirnames.length = 0; // do not go deeper here
 * }
 * ```
 *
 * Top-down, the walk goes where `dirnames` says when it is resumed: remove names from it, reorder it, add to
 * it. What the caller renames, creates and deletes between two steps has the effect it has on `os.walk`:
 * listings are read ahead by threads, and read again when the directory has changed since. Names come
 * in the order of the file system.
 *
 * A directory that cannot be listed is left out; `onerror` is told. Leaving the loop stops the threads.
 *
 * @throws PwalkError `PWALK_OPTIONS_INVALID` at the call; `PWALK_CANCELLED` during the walk
 */
export function walk(
  top: WalkTop,
  options: WalkOptions & { readonly encoding: 'buffer' },
): AsyncGenerator<WalkStep<Buffer>, void, undefined>;
export function walk(
  top: WalkTop,
  options?: WalkOptions & { readonly encoding?: 'utf8' },
): AsyncGenerator<WalkStep, void, undefined>;
export function walk(
  top: WalkTop,
  options?: WalkOptions,
): AsyncGenerator<WalkStep<string> | WalkStep<Buffer>, void, undefined>;
export function walk(
  top: WalkTop,
  options: WalkOptions = {},
): AsyncGenerator<WalkStep<string> | WalkStep<Buffer>, void, undefined> {
  const checked = checkWalkOptions(options);
  const bytes = topBytes(top);
  return checked.encoding === 'buffer'
    ? steps(bytes, checked, bytesCodec)
    : steps(bytes, checked, textCodec);
}

/** `walk()` for code that cannot wait: the same steps, while the threads read ahead all the same. */
export function walkSync(
  top: WalkTop,
  options: WalkOptions & { readonly encoding: 'buffer' },
): Generator<WalkStep<Buffer>, void, undefined>;
export function walkSync(
  top: WalkTop,
  options?: WalkOptions & { readonly encoding?: 'utf8' },
): Generator<WalkStep, void, undefined>;
export function walkSync(
  top: WalkTop,
  options?: WalkOptions,
): Generator<WalkStep<string> | WalkStep<Buffer>, void, undefined>;
export function walkSync(
  top: WalkTop,
  options: WalkOptions = {},
): Generator<WalkStep<string> | WalkStep<Buffer>, void, undefined> {
  const checked = checkWalkOptions(options);
  const bytes = topBytes(top);
  return checked.encoding === 'buffer'
    ? stepsSync(bytes, checked, bytesCodec)
    : stepsSync(bytes, checked, textCodec);
}

/**
 * `walk()` without what `pruning` leaves out, in both orders: what is excluded is in no step, what is too
 * deep or on another file system is in `dirnames` and not entered.
 */
export function walkPruned(
  top: WalkTop,
  pruning: PruneOptions,
  options?: WalkOptions & { readonly encoding?: 'utf8' },
): AsyncGenerator<WalkStep, void, undefined> {
  const checked = checkWalkOptions(options ?? {});
  const bytes = topBytes(top);
  return steps(bytes, checked, textCodec, pruneSteps(bytes, pruning, textCodec));
}

async function* steps<Name extends WalkName>(
  top: Buffer,
  options: CheckedWalkOptions,
  codec: NameCodec<Name>,
  prune?: Prune<Name>,
): AsyncGenerator<WalkStep<Name>, void, undefined> {
  const { signal } = options;
  checkNotAborted(signal);
  const lister = createLister(top, options, codec);
  const traversal = new Traversal(
    { ...options, onerror: options.onerror, top: codec.fromBytes(top), prune },
    codec,
    lister,
  );
  const progress = new ProgressReporter(options.onProgress, traversal);
  // A call that waits for a slow file system must not keep a cancelled walk waiting.
  const stop = () => void lister.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (let next = traversal.advance(); next !== 'done'; next = traversal.advance()) {
      if (next === 'visit') {
        const visit = lister.visit(traversal.depth, traversal.path, traversal.name);
        traversal.arrive(visit instanceof Promise ? await visit : visit);
      } else if (traversal.step !== null) {
        progress.tick();
        yield traversal.step;
      }
      checkNotAborted(signal);
    }
    progress.end();
  } catch (error) {
    checkNotAborted(signal);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await lister.close();
  }
}

function* stepsSync<Name extends WalkName>(
  top: Buffer,
  options: CheckedWalkOptions,
  codec: NameCodec<Name>,
): Generator<WalkStep<Name>, void, undefined> {
  const { signal } = options;
  checkNotAborted(signal);
  const lister = createLister(top, options, codec);
  const traversal = new Traversal(
    { ...options, onerror: options.onerror, top: codec.fromBytes(top), prune: undefined },
    codec,
    lister,
  );
  const progress = new ProgressReporter(options.onProgress, traversal);
  try {
    for (let next = traversal.advance(); next !== 'done'; next = traversal.advance()) {
      if (next === 'visit') {
        traversal.arrive(lister.visitSync(traversal.depth, traversal.path, traversal.name));
      } else if (traversal.step !== null) {
        progress.tick();
        yield traversal.step;
      }
      checkNotAborted(signal);
    }
    progress.end();
  } finally {
    lister.closeSync();
  }
}

function createLister<Name extends WalkName>(
  top: Buffer,
  options: CheckedWalkOptions,
  codec: NameCodec<Name>,
): Lister<Name> {
  const { topdown, followlinks, ignoreSnapshots, readAhead, maxThreads, engine } = options;
  const skipNames = ignoreSnapshots ? snapshotNames : [];
  // Top-down, os.walk looks at each directory again before it enters it. Bottom-up it does not.
  const enterLinks = followlinks || !topdown;
  const binding = engine === 'portable' ? null : loadBinding();
  if (binding === null) {
    if (engine === 'native') throw nativeUnavailable();
    return new PortableLister(codec, enterLinks, skipNames);
  }
  const native = {
    top,
    enterLinks,
    threads: threadCount(maxThreads, isRemoteFileSystem(top)),
    window: typeof readAhead === 'number' ? readAhead : readAhead === false ? 0 : DEFAULT_WINDOW,
    trustAll: readAhead === true || typeof readAhead === 'number',
    skipNames: skipNames.map((name) => Buffer.from(name)),
  };
  return codec.createLister(binding, native);
}

function checkNotAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new PwalkError('PWALK_CANCELLED', 'The walk was cancelled.', { cause: signal.reason });
}
