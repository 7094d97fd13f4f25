import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Action, definePlugin, type EntryBatch, type PlannedEffect } from 'pwalk';
import { z } from 'zod';

const options = z.object({
  /** File that what was changed is appended to, a line of JSON each. */
  journal: z.string().min(1),
});

const FILE_TYPE = 0o170000;
const REGULAR_FILE = 0o100000;
const OTHERS_WRITE = 0o002;

/** One file, and what it was when the walk saw it. */
interface Closing extends PlannedEffect {
  readonly inode: bigint;
  readonly dev: bigint;
}

/** Takes the permission to write away from everybody else. */
class CloseFiles implements Action<Closing> {
  readonly #journalPath: string;
  readonly #planned: Closing[] = [];
  #journal: FileHandle | null = null;

  constructor(journalPath: string) {
    this.#journalPath = journalPath;
  }

  /** Remembers, and changes nothing. Large plans belong on disk; this one keeps what it will change. */
  plan(batch: EntryBatch): void {
    const mode = batch.column('mode');
    for (let row = 0; row < batch.length; row++) {
      const bits = mode.get(row) ?? 0;
      if ((bits & FILE_TYPE) !== REGULAR_FILE || (bits & OTHERS_WRITE) === 0) continue;
      // A path that is not exact (see path_raw) would name another file.
      if (!batch.column('path_raw').isNull(row)) continue;
      this.#planned.push({
        effect: 'fs:chmod',
        path: batch.column('path').get(row) ?? '',
        summary: 'take o-w',
        inode: batch.column('inode').get(row) ?? 0n,
        dev: batch.column('dev').get(row) ?? 0n,
      });
    }
  }

  finish(): Iterable<Closing> {
    return this.#planned;
  }

  /** Durable before the change is made, so that it can be undone. */
  async journal({ path }: Closing): Promise<void> {
    this.#journal ??= await open(this.#journalPath, 'a');
    await this.#journal.appendFile(`${JSON.stringify({ path, undo: 'o+w' })}\n`);
    await this.#journal.sync();
  }

  /** Changes the file the walk saw or none: what is opened is compared, and the descriptor is changed. Returns how many were changed. */
  async apply({ path, inode, dev }: Closing): Promise<number> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(path, flags);
    try {
      const stats = await file.stat({ bigint: true });
      if (stats.ino !== inode || stats.dev !== dev) return 0;
      await file.chmod(Number(stats.mode) & 0o7777 & ~OTHERS_WRITE);
      return 1;
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }
}

export default definePlugin({
  name: '__name__',
  kind: 'action',
  pwalk: '^__version__',
  options,
  capabilities: {
    columns: ['path', 'path_raw', 'mode', 'inode', 'dev'],
    effects: ['fs:chmod'],
    releases: true,
  },
  create: ({ journal }) => new CloseFiles(journal),
});
