import { lstat, opendir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import {
  BatchBuilder,
  definePlugin,
  type EntryBatch,
  EntrySchema,
  fullEntrySchema,
  type Source,
  type SourceContext,
} from 'pwalk';
import { z } from 'zod';

const options = z.object({
  /** Directories whose entries are wanted. */
  roots: z.array(z.string().min(1)).min(1),
});

/** Columns this source can produce: of those it is asked for, it makes these. */
const able = new Set([
  'path',
  'name',
  'ext',
  'type',
  'depth',
  'parent_inode',
  'mode',
  'size',
  'state',
  'errno',
]);

/** Rows of a batch. */
const ROWS = 1024;

/** The entries of directories, without those below them. */
class Listing implements Source {
  readonly #roots: readonly string[];
  #schema = new EntrySchema([]);

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Looks at the roots, so that a missing one is told before any output is opened. */
  async open(ctx: SourceContext): Promise<EntrySchema> {
    for (const root of this.#roots) await lstat(root);
    this.#schema = fullEntrySchema.pick(new Set([...ctx.columns].filter((name) => able.has(name))));
    return this.#schema;
  }

  /** Goes on when it is asked for the next batch: the pipeline's backpressure needs no more. */
  async *read(): AsyncGenerator<EntryBatch> {
    const builder = new BatchBuilder(this.#schema);
    for (const root of this.#roots) {
      for await (const { name } of await opendir(root)) {
        builder.append(await this.#row(join(root, name), name));
        if (builder.length === ROWS) yield builder.finish();
      }
    }
    if (builder.length > 0) yield builder.finish();
  }

  /** An entry that cannot be read is a row with its errno, and no reason to stop. */
  async #row(path: string, name: string) {
    const row = { path, name, ext: extname(name).slice(1), depth: 0, parent_inode: 0n };
    try {
      const stats = await lstat(path, { bigint: true });
      const type = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'unknown';
      return { ...row, type, mode: Number(stats.mode), size: stats.size, state: 'ok', errno: null };
    } catch (error) {
      const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
      return { ...row, type: 'unknown', mode: null, size: null, state: 'error', errno: -errno };
    }
  }
}

export default definePlugin({
  name: '__name__',
  kind: 'source',
  pwalk: '^__version__',
  options,
  create: ({ roots }) => new Listing(roots),
});
