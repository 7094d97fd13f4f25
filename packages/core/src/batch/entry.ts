import type { EntryBatch } from './entry-batch.js';

/**
 * One row of a batch, read when asked: for people who want rows and accept the price (some 50 ns a
 * row before the first property, where a column loop costs 2 to 14). Keeps its batch alive.
 */
export class Entry {
  readonly #batch: EntryBatch;
  readonly #row: number;

  constructor(batch: EntryBatch, row: number) {
    this.#batch = batch;
    this.#row = row;
  }

  /** Any column by name. @throws PwalkError `PWALK_COLUMN_MISSING` */
  get(name: string): unknown {
    return this.#batch.column(name).get(this.#row);
  }

  /** For display; `bytes` has the exact path. */
  get path(): string {
    return this.#batch.column('path').get(this.#row) ?? '';
  }

  /** The exact bytes of the path. */
  get bytes(): Uint8Array {
    return (
      this.#batch.column('path_raw').get(this.#row) ?? this.#batch.column('path').bytesAt(this.#row)
    );
  }

  get name(): string {
    return this.#batch.column('name').get(this.#row) ?? '';
  }

  get type(): string {
    return this.#batch.column('type').get(this.#row) ?? 'unknown';
  }

  get depth(): number {
    return this.#batch.column('depth').get(this.#row) ?? 0;
  }

  get inode(): bigint | null {
    return this.#batch.column('inode').get(this.#row);
  }

  get mode(): number | null {
    return this.#batch.column('mode').get(this.#row);
  }

  get uid(): number | null {
    return this.#batch.column('uid').get(this.#row);
  }

  get gid(): number | null {
    return this.#batch.column('gid').get(this.#row);
  }

  /** Apparent bytes. */
  get size(): bigint | null {
    return this.#batch.column('size').get(this.#row);
  }

  /** Microseconds since 1970-01-01 UTC. */
  get mtime(): bigint | null {
    return this.#batch.column('mtime').get(this.#row);
  }

  get state(): string {
    return this.#batch.column('state').get(this.#row) ?? 'ok';
  }

  get errno(): number | null {
    return this.#batch.column('errno').get(this.#row);
  }
}
