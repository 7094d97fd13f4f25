import type { BigIntStats } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import {
  type Accounting,
  BatchBuilder,
  decodeName,
  type EntryBatch,
  type EntryOperation,
  EntrySchema,
  type EntryState,
  type EntryType,
  entryStates,
  entryTypes,
  fullEntrySchema,
  PwalkError,
  type Source,
  type SourceCalls,
  type SourceContext,
  type SourceProgress,
  type SourceThreads,
  type Value,
} from '@pwalk/core';
import { ExcludeMatcher } from './exclude/exclude-matcher.js';
import { excludeRules } from './exclude/exclude-rules.js';
import { extensionOf } from './extension.js';
import { isAutomount, isPseudo, type Mount, Mounts } from './mounts.js';
import type { WalkerOptions } from './options.js';
import { isClamped, statColumns, timesOf, typeListed, typeOf } from './portable-columns.js';
import { childPath, pathBytes, rootMissing, rootName } from './root-path.js';
import { snapshotNames } from './snapshot-names.js';
import { emptyTally, toAccounting } from './tally.js';

/** Rows of a batch, and directory entries looked at together. */
const BATCH_ROWS = 4096;
const TOGETHER = 32;

interface Item {
  readonly path: Buffer;
  readonly name: Buffer;
  /** The part of the path below the root; empty for a root. */
  readonly below: Buffer;
  readonly depth: number;
  /** What the directory that holds it says it is, for when it cannot be looked at. */
  readonly listedAs: EntryType;
  /** The directory that holds it; null for a root. */
  readonly parent: Directory | null;
}

interface Place extends Item {
  readonly stat: BigIntStats | null;
  /** What it is on; null where the kernel does not tell. */
  readonly mount: Mount | null;
}

interface Directory extends Place {
  readonly stat: BigIntStats;
}

interface Failure {
  readonly state: EntryState;
  readonly errno: number;
  readonly operation: EntryOperation;
}

/**
 * The walker in plain TypeScript: for machines the addon is not built for, as the example of how a
 * source is written, and as what the native walker is compared with in tests. Same rows, slower; it
 * goes by path, so a tree that is changed during the walk by somebody hostile needs the native one. What
 * automounts it cannot look at without having it mounted: its row has no stat.
 */
export class PortableSource implements Source {
  readonly #options: WalkerOptions;
  readonly #tally = emptyTally();
  readonly #skip: ReadonlySet<string>;
  readonly #pending: Directory[] = [];
  #exclude = new ExcludeMatcher({ patterns: [], paths: [] });
  #mounts: Mounts | null = null;
  #schema = new EntrySchema([]);

  constructor(options: WalkerOptions) {
    this.#options = options;
    this.#skip = new Set(options.snapshots ? [] : snapshotNames);
  }

  async open(ctx: SourceContext): Promise<EntrySchema> {
    if (this.#options.part?.options.resumable === true) throw cannotResume();
    this.#exclude = new ExcludeMatcher(excludeRules(this.#options));
    for (const root of this.#options.roots) {
      await lstat(pathBytes(root)).catch((error) => {
        throw rootMissing(pathBytes(root), errnoOf(error));
      });
    }
    this.#mounts = Mounts.read();
    this.#schema = fullEntrySchema.pick(ctx.columns);
    return this.#schema;
  }

  async *read(ctx: SourceContext): AsyncGenerator<EntryBatch> {
    const builder = new BatchBuilder(this.#schema);
    const own = new Set(ctx.ownFiles.map(({ dev, inode }) => `${dev}:${inode}`));
    const pending = this.#pending;
    const later: Directory[] = [];
    const visited = new Set<string>();
    const { followSymlinks = false } = this.#options;
    const look = async (item: Item) => {
      this.#tally.read++;
      let stat: BigIntStats | null = null;
      let failure: Failure | null = null;
      let isLink = false;
      // Node's stat has what automounts mounted: then it is not asked.
      const place = item.parent === null ? null : (this.#mounts?.at(item.path) ?? null);
      if (place !== null && isAutomount(place))
        return { item, stat, failure, isLink, mount: place };
      try {
        stat = await lstat(item.path, { bigint: true });
        if (followSymlinks && stat.isSymbolicLink() && item.depth >= 0) {
          const behind = this.#mounts?.of(item.path) ?? null;
          if (behind !== null && isAutomount(behind)) {
            return { item, stat: null, failure, isLink: true, mount: behind };
          }
          const target = await directoryBehind(item.path);
          isLink = target.stat !== null;
          stat = target.stat ?? stat;
          failure = target.failure;
        }
      } catch (error) {
        failure = failureOf(error, 'stat');
        // A root was there a moment ago: that it is gone is news, not a race to be expected.
        if (failure === null && item.depth < 0) {
          failure = { state: 'error', errno: errnoOf(error), operation: 'stat' };
        }
        if (failure === null) this.#tally.vanished++;
      }
      const mount = stat?.isDirectory() ? this.#mountOf(item, isLink) : null;
      return { item, stat, failure, isLink, mount };
    };
    const settle = ({ item, stat, failure, isLink, mount }: Awaited<ReturnType<typeof look>>) => {
      if (stat === null && mount !== null) {
        const state = this.#barrier({ ...item, stat, mount }, isLink) ?? 'pseudo_fs';
        const directory = { ...item, listedAs: 'directory' } as const;
        this.#append(builder, directory, null, { state, errno: 0, operation: 'none' });
      } else if (stat === null) {
        if (failure === null) return;
        if (this.#isExcluded(item, item.listedAs === 'directory')) this.#tally.excluded++;
        else this.#append(builder, item, null, failure);
      } else if (own.has(`${stat.dev}:${stat.ino}`)) {
        this.#tally.excluded++;
      } else if (!stat.isDirectory() && this.#isExcluded(item, false)) {
        this.#tally.excluded++;
      } else if (!stat.isDirectory()) {
        this.#append(builder, item, stat, failure);
      } else {
        const directory = { ...item, stat, mount };
        const state = this.#barrier(directory, isLink);
        // Links when all else is done: a directory that is in the trees themselves is reported there.
        if (state === null) (isLink ? later : pending).push(directory);
        else this.#append(builder, item, stat, { state, errno: 0, operation: 'none' });
      }
    };
    for (const root of this.#options.roots) settle(await look(rootItem(pathBytes(root))));
    const next = () => pending.pop() ?? later.shift();
    const { part } = this.#options;
    while (part === undefined || !part.stopping.aborted) {
      const directory = next();
      if (directory === undefined) break;
      const identity = `${directory.stat.dev}:${directory.stat.ino}`;
      if (followSymlinks && visited.has(identity)) {
        const loop = { state: 'loop', errno: 0, operation: 'none' } as const;
        this.#append(builder, directory, directory.stat, loop);
        continue;
      }
      if (followSymlinks) visited.add(identity);
      let failure: Failure | null = null;
      let count = 0n;
      let sum = 0n;
      let together: Item[] = [];
      const flush = async () => {
        for (const seen of await Promise.all(together.map(look))) {
          const { item, stat, mount } = seen;
          const isBelow =
            stat !== null && !(stat.isDirectory() && this.#isElsewhere({ ...item, stat, mount }));
          if (isBelow) sum += stat.size;
          settle(seen);
        }
        together = [];
      };
      try {
        for await (const listed of await opendir(directory.path, { encoding: bytes })) {
          const child = pathBytes(listed.name);
          const { path: parent, depth } = directory;
          together.push({
            path: childPath(parent, child),
            name: child,
            below: depth < 0 ? child : childPath(directory.below, child),
            depth: depth + 1,
            listedAs: typeListed(listed),
            parent: directory,
          });
          count++;
          if (together.length === TOGETHER) await flush();
          if (builder.length >= BATCH_ROWS) yield builder.finish();
        }
      } catch (error) {
        failure = failureOf(error, count === 0n ? 'open' : 'read');
        if (failure === null && count === 0n) {
          this.#tally.vanished++;
          continue;
        }
      }
      await flush();
      const entered = failure === null || failure.operation === 'read';
      this.#append(builder, directory, directory.stat, failure, entered ? { count, sum } : null);
      if (builder.length >= BATCH_ROWS) yield builder.finish();
    }
    // What is left was read, and has no row.
    const left = [...pending, ...later];
    this.#tally.read -= left.length;
    part?.ended(left.length > 0, null);
    if (builder.length > 0) yield builder.finish();
  }

  isPartial(): boolean {
    return this.#options.part?.isPartial ?? false;
  }

  progress(): SourceProgress {
    return {
      rows: this.#tally.rows,
      queuedDirectories: this.#pending.length,
      threads: 1,
      blockedThreads: 0,
    };
  }

  threads(): SourceThreads {
    return { least: 1, most: 1, peak: 1, callMicroseconds: null, chunk: null };
  }

  calls(): SourceCalls {
    return { perEntry: ['lstat'], perDirectory: ['opendir'] };
  }

  accounting(): Accounting {
    return toAccounting(this.#tally, true);
  }

  /** Why a directory is not entered, null when it is. */
  #barrier(directory: Place, isLink: boolean): EntryState | null {
    const { maxDepth, includePseudo } = this.#options;
    const { name, depth, parent, mount } = directory;
    // A link is no directory to a pattern that ends in a slash.
    if (this.#isExcluded(directory, !isLink)) return 'excluded';
    if (depth >= 0 && this.#skip.has(name.toString('latin1'))) return 'skipped_snapshot';
    if (maxDepth !== undefined && depth + 1 >= maxDepth) return 'depth_limit';
    if (this.#isElsewhere(directory)) return 'other_fs';
    if (parent === null || mount === null) return null;
    if (isAutomount(mount)) return 'pseudo_fs';
    return !includePseudo && mount !== parent.mount && isPseudo(mount) ? 'pseudo_fs' : null;
  }

  /** What a directory is on, without asking it. */
  #mountOf({ path, parent }: Item, isLink: boolean): Mount | null {
    if (this.#mounts === null) return null;
    const around = parent?.mount ?? null;
    return around === null || isLink ? this.#mounts.of(path) : (this.#mounts.at(path) ?? around);
  }

  /** Roots are meant, whatever they are called. */
  #isExcluded({ path, below, depth }: Item, isDirectory: boolean): boolean {
    return depth >= 0 && this.#exclude.excludes(path, below, isDirectory);
  }

  /** True for a directory on another file system than its parent, when one was asked for. */
  #isElsewhere({ parent, mount, stat }: Place): boolean {
    const { oneFileSystem = false } = this.#options;
    if (!oneFileSystem || parent === null) return false;
    // By device where the kernel does not tell what is mounted.
    return this.#mounts === null ? parent.stat.dev !== stat?.dev : mount !== parent.mount;
  }

  #append(
    builder: BatchBuilder,
    item: Item,
    stat: BigIntStats | null,
    failure: Failure | null,
    listing: { count: bigint; sum: bigint } | null = null,
  ): void {
    const type = stat === null ? item.listedAs : typeOf(stat);
    const state = failure?.state ?? 'ok';
    const path = decodeName(item.path);
    const row: Record<string, Value> = {
      path: path.text,
      path_raw: path.exact ? null : item.path,
      name: decodeName(item.name).text,
      ext: decodeName(extensionOf(item.name, type === 'directory')).text,
      type,
      parent_inode: item.parent?.stat.ino ?? 0n,
      depth: item.depth,
      file_count: listing?.count ?? null,
      dir_sum: listing?.sum ?? null,
      state,
      errno: failure === null || failure.errno === 0 ? null : failure.errno,
      operation: failure?.operation ?? 'none',
      mnt_id: null,
      // The kernel takes no path this long.
      path_truncated: false,
      owner: null,
      group: null,
      btime: null,
      ...(stat === null ? {} : statColumns(stat)),
    };
    builder.append(row);
    this.#tally.rows++;
    this.#tally.types[entryTypes.indexOf(type)]++;
    this.#tally.states[entryStates.indexOf(state)]++;
    if (stat === null) return;
    if (!stat.isDirectory()) this.#tally.bytes += stat.size;
    for (const [column, time] of timesOf(stat)) {
      if (this.#schema.has(column) && isClamped(time)) this.#tally.clampedTimes++;
    }
  }
}

function cannotResume(): PwalkError {
  return new PwalkError(
    'PWALK_NATIVE_UNAVAILABLE',
    'A scan is checkpointed and resumed by the native walker alone, and it cannot be loaded here; build it with g++.',
  );
}

/** The directory a symbolic link leads to. Where it leads to something else or nowhere, there is none; what else fails is told. */
async function directoryBehind(
  path: Buffer,
): Promise<{ stat: BigIntStats | null; failure: Failure | null }> {
  try {
    const target = await stat(path, { bigint: true });
    return { stat: target.isDirectory() ? target : null, failure: null };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return { stat: null, failure: code === 'ELOOP' ? null : failureOf(error, 'stat') };
  }
}

function rootItem(path: Buffer): Item {
  const below = Buffer.alloc(0);
  return { path, name: rootName(path), below, depth: -1, listedAs: 'unknown', parent: null };
}

// opendir() gives names as bytes for this encoding, which its types do not know.
const bytes = 'buffer' as BufferEncoding;

function errnoOf(error: unknown): number {
  return error instanceof Error && 'errno' in error ? -Number(error.errno) : 0;
}

/** What a failed call means for its entry; null when the entry is gone. */
function failureOf(error: unknown, operation: EntryOperation): Failure | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  const denied = code === 'EACCES' || code === 'EPERM';
  const state = denied ? 'denied' : operation === 'read' ? 'incomplete' : 'error';
  return { state, errno: errnoOf(error), operation };
}
