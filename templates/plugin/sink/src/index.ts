import { definePlugin, type EntryBatch, OutputFile, type Sink } from 'pwalk';
import { z } from 'zod';

const options = z.object({
  /** File to write, `-` for standard output. */
  path: z.string().min(1),
});

/** Counts the entries of each type and writes one line of JSON. */
class TypeCounts implements Sink {
  readonly #path: string;
  readonly #counts = new Map<string, number>();
  #file: OutputFile | null = null;
  #rows = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Failing here costs no walk: open what will be written. */
  async open(): Promise<void> {
    this.#file = await OutputFile.open(this.#path);
  }

  write(batch: EntryBatch): void {
    // A loop over codes, one byte per row: no string and no object per entry.
    const { codes, words } = batch.column('type');
    const counts = new Uint32Array(words.length);
    for (let row = 0; row < batch.length; row++) {
      const code = codes[row] ?? 0;
      counts[code] = (counts[code] ?? 0) + 1;
    }
    words.forEach((word, code) => {
      if (counts[code]) this.#counts.set(word, (this.#counts.get(word) ?? 0) + counts[code]);
    });
    this.#rows += batch.length;
  }

  /** Nothing has its final name before this, and nothing is left of a run that failed. */
  async close(outcome: { readonly ok: boolean }): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (!outcome.ok) return file?.discard();
    await file?.write(Buffer.from(`${JSON.stringify(Object.fromEntries(this.#counts))}\n`));
    await file?.publish();
  }

  outputs() {
    return [{ path: this.#path, format: 'json', rows: this.#rows, bytes: null }];
  }
}

export default definePlugin({
  name: '__name__',
  kind: 'sink',
  pwalk: '^__version__',
  options,
  capabilities: { columns: ['type'], atomic: true, releases: true },
  create: ({ path }) => new TypeCounts(path),
});
