import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  type Accounting,
  definePlugin,
  type EntryBatch,
  EntrySchema,
  fullEntrySchema,
  type Source,
  type SourceContext,
  type SourceProgress,
} from '@pwalk/core';
import { BatchMemory, type FilePath } from './batch-memory.js';
import { longestPath, type SyntheticOptions, syntheticOptions } from './synthetic-options.js';
import { TreeWalk } from './tree-walk.js';

const ZERO = 0x30;
const NINE = 0x39;

/** How a name of a file ends. */
const ENDING = '.dat';

/**
 * A source that makes up a tree of any size, without a disk: for running a pipeline at the scale of billions
 * of entries. The same options give the same rows. What it keeps grows with the depth of the tree alone.
 *
 * ```js
 * import { synthetic } from '@pwalk/testkit';
 * await runPipeline({ source: synthetic({ entries: 1e9 }), sinks: [mySink()] });
 * ```
 */
export const synthetic = definePlugin({
  name: 'synthetic',
  kind: 'source',
  pwalk: '^0.1.0',
  options: syntheticOptions,
  create: (options) => new SyntheticSource(options),
});

class SyntheticSource implements Source {
  readonly #options: SyntheticOptions;
  readonly #walk: TreeWalk;
  readonly #longest: number;
  readonly #idle: BatchMemory[] = [];
  readonly #lent = new WeakMap<EntryBatch, BatchMemory>();
  #schema = new EntrySchema([]);
  #isShared = false;
  #rows = 0;
  #directories = 0;
  #bytes = 0n;
  /** Files that have two names: the share that has come up since the last, and how many names there were. */
  #due = 0;
  #linked = 0;

  constructor(options: SyntheticOptions) {
    const { root, entries, nameLength } = options;
    this.#options = options;
    this.#longest = longestPath(options);
    this.#walk = new TreeWalk(Buffer.from(root), entries, options, nameLength, this.#longest);
  }

  open(ctx: SourceContext): EntrySchema {
    this.#schema = fullEntrySchema.pick(ctx.columns);
    this.#isShared = ctx.reusesMemory;
    return this.#schema;
  }

  async *read({ signal }: SourceContext): AsyncGenerator<EntryBatch> {
    let memory = this.#take();
    for (const _ of this.#fill(() => memory)) {
      yield await this.#give(memory, signal);
      memory = this.#take();
    }
    if (memory.rows > 0) yield await this.#give(memory, signal);
  }

  /** Writes the tree, and stops where a batch is full: then there has to be another. */
  *#fill(memory: () => BatchMemory): Generator<void> {
    const walk = this.#walk;
    while (walk.next()) {
      let sum = 0;
      const file = this.#firstFile();
      for (let done = 0; done < walk.files; ) {
        const room = Math.min(memory().roomFor(file.path.length), walk.files - done);
        sum += this.#addFiles(memory(), file, room);
        done += room;
        if (done < walk.files) yield;
      }
      if (memory().roomFor(walk.length) === 0) yield;
      memory().addDirectory(walk, sum);
      this.#directories++;
    }
  }

  /** The path of the first file of a directory, behind which those of the others come. */
  #firstFile(): FilePath {
    const { path, length } = this.#walk;
    const nameAt = length + 1;
    const end = nameAt + this.#options.nameLength;
    path.fill(ZERO, nameAt, end);
    path.write('/f', length, 'latin1');
    path.write(ENDING, end - ENDING.length, 'latin1');
    return { path: path.subarray(0, end), name: path.subarray(nameAt, end) };
  }

  /** @returns bytes of the files */
  #addFiles(memory: BatchMemory, file: FilePath, count: number): number {
    const { hardLinks } = this.#options;
    const walk = this.#walk;
    const lastDigit = file.name.length - ENDING.length - 1;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      this.#due += hardLinks;
      if (this.#due < 1) {
        sum += memory.addFile(walk, file, walk.newInode(), 0, 1);
      } else {
        // Two that follow each other are one file, often in different directories.
        this.#due--;
        sum += memory.addFile(walk, file, this.#linked++ >>> 1, 1, 2);
      }
      increment(file.name, lastDigit);
    }
    return sum;
  }

  /** Hands a batch out, when its time has come; others have their turn meanwhile. */
  async #give(memory: BatchMemory, signal: AbortSignal): Promise<EntryBatch> {
    const { latency } = this.#options;
    if (latency > 0) await setTimeout(latency, undefined, { signal });
    else await setImmediate();
    const batch = memory.finish();
    this.#rows += batch.length;
    this.#bytes += BigInt(memory.fileBytes);
    if (this.#isShared) this.#lent.set(batch, memory);
    return batch;
  }

  #take(): BatchMemory {
    const { batchRows } = this.#options;
    const idle = this.#idle.pop();
    const memory = idle ?? new BatchMemory(this.#schema, batchRows, this.#longest, this.#isShared);
    memory.clear();
    return memory;
  }

  acknowledge(batch: EntryBatch): void {
    const memory = this.#lent.get(batch);
    if (memory !== undefined) this.#idle.push(memory);
  }

  release(batch: EntryBatch): void {
    this.acknowledge(batch);
  }

  progress(): SourceProgress {
    const queuedDirectories = this.#walk.queued;
    return { rows: this.#rows, queuedDirectories, threads: 1, blockedThreads: 0 };
  }

  accounting(): Accounting {
    const rows = this.#rows;
    return {
      read: rows,
      rows,
      vanished: 0,
      excluded: 0,
      files: rows - this.#directories,
      directories: this.#directories,
      symlinks: 0,
      other: 0,
      bytes: this.#schema.has('size') ? this.#bytes : null,
      states: { ok: rows },
      clampedTimes: 0,
    };
  }
}

/** Adds 1 to a number in decimal digits. @param last where its last digit is */
function increment(digits: Uint8Array, last: number): void {
  let at = last;
  for (; digits[at] === NINE; at--) digits[at] = ZERO;
  digits[at]++;
}
