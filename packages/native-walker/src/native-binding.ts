import { createRequire } from 'node:module';
import type { ListerBinding } from './walk/native-lister.js';

/** One column of the native walker's table; equal to the field of the same position in `fullEntrySchema`. */
export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** Only a stat of every entry can fill it. */
  readonly stat: boolean;
}

/** A file by identity: the scan's own output, which gets no row. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly inode: bigint;
}

export interface NativeWalkOptions {
  /** Paths as typed, as bytes. */
  readonly roots: readonly Uint8Array[];
  /** What a walk with the same options has left (`NativeWalk.remaining`): walked in place of the roots. */
  readonly remaining?: Uint8Array;
  /** Mounts that were given up before are asked again. Default false. */
  readonly retryDegraded?: boolean;
  /** 1 to 1024. Default 1. */
  readonly threads?: number;
  /** Where calls turn out to be slow, up to so many. Default: as many as `threads`, always. */
  readonly mostThreads?: number;
  /** Bit n asks for column n of `columns()`. Default: all but the optional ones. */
  readonly columns?: number;
  /** A batch is handed over when it has this many rows … Default 16384. */
  readonly batchRows?: number;
  /** … or this many bytes; one row more than that is possible, however long. Default 4 MiB. */
  readonly batchBytes?: number;
  /** Batches that wait for `next()` before the threads sleep. Default 4. */
  readonly queueBatches?: number;
  /** Memory for directories, in bytes; what waits beyond that is written to a file. Default 32 MiB. */
  readonly directoryBytes?: number;
  /** Where that file is, without a name. Default /tmp. */
  readonly spillDir?: Uint8Array;
  /** Bytes of it at most. Default 10 GiB. */
  readonly spillLimit?: number;
  /** Bytes of it that are written, read and used again in one go. Default 1 MiB. */
  readonly spillSegmentBytes?: number;
  /** Directories of exactly these names get a row with the state `skipped_snapshot` and are not entered. */
  readonly skipNames?: readonly Uint8Array[];
  /** `auto` (default): remote file systems may answer from their cache; `lazy`: all may; `sync`: none. */
  readonly stat?: 'auto' | 'lazy' | 'sync';
  readonly ownFiles?: readonly FileIdentity[];
  /** What to leave out: of these the last that matches decides. `glob` is bytes. */
  readonly exclude?: readonly {
    readonly glob: Uint8Array;
    readonly negated: boolean;
    readonly directoriesOnly: boolean;
    readonly anchored: boolean;
  }[];
  /** Exact paths to leave out, as they would be in the `path` column. */
  readonly excludePaths?: readonly Uint8Array[];
  /** Mounts below a root get a row with the state `other_fs` and are not entered. Default false. */
  readonly oneFileSystem?: boolean;
  /** Directories that symbolic links lead to are entered, each once. Default false. */
  readonly followSymlinks?: boolean;
  /** proc, sysfs and their like below a root are entered. Default false. */
  readonly includePseudo?: boolean;
  /** Entries have depths below this; 0: the roots alone. Default: no limit. */
  readonly maxDepth?: number;
  /**
   * Entries of one directory statted in one go, the rest is spread over the threads. Default 1024. Where
   * there can be more threads than `threads`, only until calls were measured.
   */
  readonly statChunkLocal?: number;
  /** The same on remote file systems. Default 16. */
  readonly statChunkRemote?: number;
  /** Milliseconds a call may take before it is noted. Default 30 s. */
  readonly warnAfter?: number;
  /** Milliseconds a call may take before its mount is given up; 0, the default, for ever. */
  readonly opTimeout?: number;
}

/** A batch that waits to be copied out with `take()`. */
export interface NativeBatch {
  readonly rows: number;
  readonly byteLength: number;
  /**
   * Six numbers for each column that was asked for, in the order of `columns()`: its index there, its
   * null count, and in bytes from the start of the batch: validity bitmap (-1: none, no value is null),
   * offsets (-1: none), data; last the length of the data. Every buffer starts at a multiple of 64.
   */
  readonly layout: Float64Array;
}

/** Numbers by `entryTypes` and `entryStates` in `types` and `states`. */
export interface NativeAccounting {
  readonly read: number;
  readonly rows: number;
  readonly vanished: number;
  readonly excluded: number;
  readonly types: readonly number[];
  readonly states: readonly number[];
  /** Apparent bytes of everything but directories; meaningless when no size was asked for. */
  readonly bytes: bigint;
  readonly clampedTimes: number;
  /** Directories whose entries were not all accounted for. Always 0; anything else is a bug in the walker. */
  readonly violations: number;
}

export interface NativeProgress {
  readonly rows: number;
  /** Directories and parts of large ones that wait for a thread. */
  readonly queuedDirectories: number;
  readonly waitingBatches: number;
  /** Threads asleep because the queue is full. */
  readonly blockedThreads: number;
  readonly liveThreads: number;
  /** Threads that were given up in a call and have not come back. */
  readonly givenUpThreads: number;
  /** There are to be now; those that are one too many leave when they are done with what they are at. */
  readonly threads: number;
  /** The most there were to be at a time. */
  readonly peakThreads: number;
  /** Entries of a large directory that one thread stats in one go; 0 where that was not measured. */
  readonly statChunk: number;
  /** What a call took on average; 0 where that was not measured. */
  readonly callNanoseconds: number;
  /** Written to the spill file so far. */
  readonly spilledBytes: number;
}

/** A call into the kernel that did not answer for a while. */
export interface NativeSlowCall {
  /** By `entryOperations`. */
  readonly operation: number;
  readonly path: Uint8Array;
  /** Empty where it is not known. */
  readonly mountPoint: Uint8Array;
  readonly mountType: string;
  readonly seconds: number;
  /** It is not waited for any more, and nothing else is asked of its mount. */
  readonly givenUp: boolean;
}

/** What the user should hear of besides rows and counts. */
export interface NativeNotes {
  /** One file system was asked for and the kernel tells no mount ids. */
  readonly scopeByDevice: boolean;
  /** Directories not entered for their names, although they look like user data. */
  readonly snapshotLookalikes: number;
  readonly firstLookalike: Uint8Array;
  /** Entries that failed with an errno that cannot happen. */
  readonly unexpectedErrors: number;
  readonly firstUnexpected: number;
  /** Mounts that stopped answering: where that was noticed, and how. */
  readonly degraded: readonly { readonly path: Uint8Array; readonly errno: number }[];
  /** Calls that did not answer, in the order in which that was noticed. */
  readonly slowCalls: readonly NativeSlowCall[];
}

export interface NativeRootProbe {
  /** Of looking at it; 0 when it is there. */
  readonly errno: number;
  readonly dev: bigint;
  readonly inode: bigint;
  /** When it was made, in microseconds; null where the file system keeps no such time. */
  readonly btime: bigint | null;
}

/** A walk under way. Its threads stop when it is closed, collected, or its environment ends. */
export interface NativeWalk {
  /**
   * The next batch when there is one, null when the walk has ended (or was closed). Drops a batch
   * that was not taken. Rejects when the walk failed as a whole, with `errno` on the error, and `of`: the
   * `walk`; its `spill` file; or the `spill-limit`, which is no errno.
   * @throws Error while another call is pending
   */
  next(): Promise<NativeBatch | null>;
  /**
   * Copies the batch that the last `next()` announced and gives its memory back to the threads.
   * @param target at least `byteLength` bytes
   * @param isNew whether the garbage collector is yet to be told of the memory behind it; default true
   */
  take(target: Uint8Array, isNew?: boolean): void;
  /**
   * Ends the walk soon: no directory is entered any more, those that were are finished with all their
   * rows, and then `next()` says null as at any end.
   */
  stop(): void;
  /**
   * The directories that were not entered because of `stop()`; null when there are none. Once `next()`
   * said null.
   */
  remaining(): Buffer | null;
  /** Stops the threads. Resolves when all have ended, or after two seconds without those that hang in the kernel. */
  close(): Promise<void>;
  /** Up to the batches handed over so far; final once `next()` said null or `close()` resolved. */
  accounting(): NativeAccounting;
  progress(): NativeProgress;
  notes(): NativeNotes;
}

export interface NativeBinding extends ListerBinding {
  /**
   * Looks at roots. Never settles when one is on a file system that hangs; does not keep the event loop
   * alive.
   */
  probeRoots(roots: readonly Uint8Array[]): Promise<NativeRootProbe[]>;
  /** @throws TypeError or RangeError that names the option */
  startWalk(options: NativeWalkOptions): NativeWalk;
  columns(): NativeColumn[];
  /** @throws TypeError for bytes that are not what a walk has left */
  describeRemaining(remaining: Uint8Array): NativeRemaining;
  /** Takes the lock of an open file until that is closed. 0, or the errno: EWOULDBLOCK when somebody has it. */
  lockFile(fd: number): number;
  /** Has the C library give freed memory back to the system at once, in this process and for good. */
  keepHeapSmall(): void;
}

/** What a walk has left. */
export interface NativeRemaining {
  readonly directories: number;
  /** Roots that are not walked to their ends. */
  readonly roots: readonly Uint8Array[];
}

let loaded: { binding: NativeBinding | null; reason: Error | null } | undefined;

/** The addon, or null where it was not built or does not load: `bindingError()` says why. Tried once. */
export function loadBinding(): NativeBinding | null {
  loaded ??= load();
  return loaded.binding;
}

/** Why `loadBinding()` returned null; null when it did not. */
export function bindingError(): Error | null {
  loaded ??= load();
  return loaded.reason;
}

function load(): { binding: NativeBinding | null; reason: Error | null } {
  try {
    const binding: NativeBinding = createRequire(import.meta.url)(
      '@pwalk/native-walker/build/pwalk_walker.node',
    );
    return { binding, reason: null };
  } catch (error) {
    return { binding: null, reason: error instanceof Error ? error : new Error(String(error)) };
  }
}
