import {
  type Accounting,
  type EntryBatch,
  EntrySchema,
  fullEntrySchema,
  PwalkError,
  SlabPool,
  type Source,
  type SourceCalls,
  type SourceContext,
  type SourceProgress,
  type SourceSpill,
  type SourceThreads,
} from '@pwalk/core';
import { isLittleMemory } from '@pwalk/core/memory';
import { type ExcludeRules, excludeRules } from './exclude/exclude-rules.js';
import { batchBytes, batchRows, directoryBytes } from './memory-shares.js';
import {
  bindingError,
  type NativeAccounting,
  type NativeBinding,
  type NativeWalk,
  type NativeWalkOptions,
} from './native-binding.js';
import type { WalkerOptions } from './options.js';
import { pathBytes, rootMissing } from './root-path.js';
import { slabToBatch } from './slab-to-batch.js';
import { snapshotNames } from './snapshot-names.js';
import { checkSpillDir, spillDirOf, spillFailure } from './spill.js';
import { emptyTally, toAccounting } from './tally.js';
import { threadRange } from './thread-count.js';
import { slowCallWarnings, walkWarnings } from './walk-warnings.js';

/** How often the walk is asked for calls that do not answer, in milliseconds. */
const SLOW_CALL_INTERVAL = 500;

/**
 * How long the roots are looked at before the walk, in milliseconds. What has not answered by then is
 * left to the walk, which knows what to do about file systems that hang.
 */
const PROBE_PATIENCE = 3000;

/** The same where another run has to know them again. */
const RESUMABLE_PROBE_PATIENCE = 60_000;

/** The walker in C++: threads read and fill columns, JavaScript takes finished batches. */
export class NativeSource implements Source {
  readonly #binding: NativeBinding;
  readonly #options: WalkerOptions;
  #rules: ExcludeRules = { patterns: [], paths: [] };
  #schema = new EntrySchema([]);
  #walk: NativeWalk | null = null;
  #pool: SlabPool | null = null;
  #account: NativeAccounting = { ...emptyTally(), violations: 0 };

  constructor(binding: NativeBinding, options: WalkerOptions) {
    this.#binding = binding;
    this.#options = options;
  }

  async open(ctx: SourceContext): Promise<EntrySchema> {
    if (isLittleMemory(ctx.memory)) this.#binding.keepHeapSmall();
    this.#rules = excludeRules(this.#options);
    await checkSpillDir(this.#options.spillDir);
    const { part } = this.#options;
    const roots = this.#rootsToWalk();
    const isResumable = part?.options.resumable ?? false;
    if (isResumable && this.#options.followSymlinks === true) throw linksNotKept();
    const patience = isResumable ? RESUMABLE_PROBE_PATIENCE : PROBE_PATIENCE;
    const probing = async () => this.#binding.probeRoots(roots);
    const probes = await within(patience, probing().catch(brokeOff));
    probes?.forEach(({ errno }, index) => {
      if (errno !== 0) throw rootMissing(roots[index], errno);
    });
    if (probes !== null) part?.opened(roots, probes);
    else if (isResumable) throw rootsSilent();
    this.#schema = fullEntrySchema.pick(ctx.columns);
    return this.#schema;
  }

  /** The roots, or of them those that an earlier part has not walked to their ends. */
  #rootsToWalk(): readonly Uint8Array[] {
    const { part, roots } = this.#options;
    const from = part?.options.from;
    if (from === undefined) return roots.map(pathBytes);
    const left = this.#binding.describeRemaining(from.frontier).roots;
    // A root given twice is looked at once.
    return left.filter(
      (one, at) => left.findIndex((other) => Buffer.compare(one, other) === 0) === at,
    );
  }

  #start(options: NativeWalkOptions): NativeWalk {
    try {
      return this.#binding.startWalk(options);
    } catch (error) {
      return brokeOff(error);
    }
  }

  async *read(ctx: SourceContext): AsyncGenerator<EntryBatch> {
    const options = this.#options;
    const { part } = options;
    const roots = options.roots.map(pathBytes);
    const threads = threadRange(options.threads);
    const walk = this.#start({
      roots,
      threads: threads.least,
      mostThreads: threads.most,
      columns: columnMask(this.#schema),
      batchRows: batchRows(part?.options.rows),
      batchBytes: batchBytes(ctx.memory, threads),
      queueBatches: threads.least * 2,
      directoryBytes: directoryBytes(ctx.memory),
      spillDir: Buffer.from(spillDirOf(options)),
      spillLimit: options.spillLimit,
      skipNames: options.snapshots ? [] : snapshotNames.map((name) => Buffer.from(name)),
      stat: options.stat === 'sync' ? 'sync' : 'auto',
      ownFiles: ctx.ownFiles,
      warnAfter: Math.ceil(options.warnAfter * 1000),
      opTimeout: Math.ceil(options.opTimeout * 1000),
      ...nativePrune(options, this.#rules),
      ...(part?.options.from === undefined ? {} : { remaining: part.options.from.frontier }),
      retryDegraded: part?.options.retryDegraded ?? false,
    });
    const pool = new SlabPool(ctx.reusesMemory);
    this.#pool = pool;
    this.#walk = walk;
    // What does not answer is news while it does not.
    const told = { slowCalls: 0 };
    const tellSlow = () => {
      const { slowCalls } = walk.notes();
      slowCallWarnings(slowCalls.slice(told.slowCalls), options.opTimeout).forEach(ctx.warn);
      told.slowCalls = slowCalls.length;
    };
    const listening = setInterval(tellSlow, SLOW_CALL_INTERVAL).unref();
    // A call that waits for a slow file system must not keep a cancelled run waiting.
    const stop = () => void walk.close();
    ctx.signal.addEventListener('abort', stop, { once: true });
    const endSoon = () => walk.stop();
    part?.stopping.addEventListener('abort', endSoon, { once: true });
    if (part?.stopping.aborted) endSoon();
    try {
      const next = () =>
        walk.next().catch((error) => {
          throw spillFailure(error, options) ?? brokeOff(error);
        });
      for (let ready = await next(); ready !== null; ready = await next()) {
        const { slab, isNew } = pool.take(ready.byteLength);
        walk.take(new Uint8Array(slab), isNew);
        const batch = slabToBatch(this.#schema, slab, ready);
        pool.lend(slab, batch);
        yield batch;
      }
      const remaining = this.#remaining(walk);
      part?.ended(remaining !== null, remaining);
    } finally {
      ctx.signal.removeEventListener('abort', stop);
      part?.stopping.removeEventListener('abort', endSoon);
      clearInterval(listening);
      await walk.close();
      tellSlow();
      this.#account = walk.accounting();
      walkWarnings(walk.notes()).forEach((warning) => {
        ctx.warn(warning);
      });
    }
  }

  #remaining(walk: NativeWalk): Buffer | null {
    try {
      return walk.remaining();
    } catch (error) {
      throw spillFailure(error, this.#options) ?? brokeOff(error);
    }
  }

  isPartial(): boolean {
    return this.#options.part?.isPartial ?? false;
  }

  spill(memory: number): SourceSpill {
    const { spillLimit } = this.#options;
    return {
      memory: directoryBytes(memory),
      limit: spillLimit,
      directory: spillDirOf(this.#options),
    };
  }

  spilledBytes(): number {
    return this.#walk?.progress().spilledBytes ?? 0;
  }

  acknowledge(batch: EntryBatch): void {
    this.#pool?.giveBack(batch);
  }

  release(batch: EntryBatch): void {
    this.#pool?.giveBack(batch);
  }

  progress(): SourceProgress {
    const {
      rows = 0,
      queuedDirectories = 0,
      blockedThreads = 0,
      threads = 0,
    } = this.#walk?.progress() ?? {};
    return { rows, queuedDirectories, blockedThreads, threads };
  }

  threads(): SourceThreads {
    const range = threadRange(this.#options.threads);
    const { peakThreads, statChunk, callNanoseconds } = this.#walk?.progress() ?? {};
    return {
      ...range,
      peak: peakThreads ?? null,
      callMicroseconds: measured((callNanoseconds ?? 0) / 1000),
      chunk: measured(statChunk ?? 0),
    };
  }

  calls(columns: ReadonlySet<string>): SourceCalls {
    const stats = this.#binding.columns().some(({ name, stat }) => stat && columns.has(name));
    // The second getdents64 says that there is no more; names alone need a stat of directories only.
    const perDirectory = ['openat', 'fstat', 'getdents64', 'getdents64', 'close'];
    return stats
      ? { perEntry: ['statx'], perDirectory }
      : { perEntry: [], perDirectory: [...perDirectory, 'statx'] };
  }

  accounting(): Accounting {
    const { violations } = this.#account;
    if (violations > 0) {
      throw new PwalkError(
        'PWALK_ACCOUNTING_BROKEN',
        `Entries of ${violations} directories are not accounted for; please report this.`,
      );
    }
    return toAccounting(this.#account, this.#schema.has('size'));
  }
}

function linksNotKept(): PwalkError {
  return new PwalkError(
    'PWALK_OPTIONS_INVALID',
    'A walk that another run goes on with cannot follow symbolic links: which directories they have led to is not kept.',
  );
}

function rootsSilent(): PwalkError {
  return new PwalkError(
    'PWALK_RESUME_REFUSED',
    `The file system of a root has not answered for ${RESUMABLE_PROBE_PATIENCE / 1000} s; try again when it does.`,
  );
}

/** What the walk itself ends with: there is no memory or no thread for it. */
function brokeOff(cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new PwalkError(
    'PWALK_SOURCE_FAILED',
    `The walk broke off: ${reason}; give the process more memory and threads, or the walk fewer threads.`,
    { cause },
  );
}

/** The prune options as the addon takes them. */
function nativePrune(options: WalkerOptions, { patterns, paths }: ExcludeRules) {
  const {
    oneFileSystem = false,
    includePseudo = false,
    followSymlinks = false,
    maxDepth,
  } = options;
  return {
    exclude: patterns.map((pattern) => ({ ...pattern, glob: Buffer.from(pattern.glob, 'latin1') })),
    excludePaths: paths.map((path) => Buffer.from(path, 'latin1')),
    oneFileSystem,
    includePseudo,
    followSymlinks,
    ...(maxDepth === undefined ? {} : { maxDepth }),
  };
}

/** What a promise resolves to, or null when it has not by then. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<null>((expired) => {
    timer = setTimeout(() => expired(null), milliseconds);
  });
  return Promise.race([promise, patience]).finally(() => clearTimeout(timer));
}

/** Bit n for column n of `fullEntrySchema`. */
function columnMask(schema: EntrySchema): number {
  return fullEntrySchema.fields.reduce(
    (mask, { name }, index) => (schema.has(name) ? mask | (1 << index) : mask),
    0,
  );
}

/** A figure, or null for the 0 that says there is none. */
function measured(figure: number): number | null {
  return figure === 0 ? null : figure;
}

/** The error of a native walker asked for by name that cannot be loaded. */
export function nativeUnavailable(): PwalkError {
  const cause = bindingError();
  const reason = cause?.message ?? 'it was not built';
  return new PwalkError(
    'PWALK_NATIVE_UNAVAILABLE',
    `The native walker cannot be loaded (${reason}); build it with g++, or use engine "auto".`,
    { cause },
  );
}
