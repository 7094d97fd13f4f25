import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Change, ChangeRecords, changesIn } from './change-records.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** Bytes of records in memory before they go to disk. */
const MOST_IN_MEMORY = 16 * 1024 * 1024;

/** Bytes of a group, however few changes that are: names may be long. */
const MOST_IN_GROUP = 1 << 20;

interface Pile {
  readonly records: ChangeRecords;
  /** Where parts of the pile are in the file: offset and length. */
  readonly parts: (readonly [number, number])[];
}

/**
 * Changes in piles, each read back in the order it was written. Small ones stay in memory; beyond that
 * they are in a file without a name, which is gone with the process.
 */
export class Spool {
  readonly #mostInMemory: number;
  readonly #piles = new Map<number, Pile>();
  #file: FileHandle | null = null;
  #fileSize = 0;
  #inMemory = 0;

  constructor(mostInMemory = MOST_IN_MEMORY) {
    this.#mostInMemory = mostInMemory;
  }

  /** Names of the piles that have something, ascending. */
  get piles(): number[] {
    return [...this.#piles.keys()].sort((a, b) => a - b);
  }

  add(pile: number, change: Change): void {
    let to = this.#piles.get(pile);
    if (to === undefined) {
      to = { records: new ChangeRecords(), parts: [] };
      this.#piles.set(pile, to);
    }
    to.records.copy(change);
    this.#inMemory += change.size;
  }

  /** Writes to disk what is too much for memory. Call it after some `add`s. */
  async settle(): Promise<void> {
    if (this.#inMemory <= this.#mostInMemory) return;
    this.#file ??= await openNameless();
    for (const { records, parts } of this.#piles.values()) {
      if (records.length === 0) continue;
      const bytes = records.finish();
      await this.#file.appendFile(bytes);
      parts.push([this.#fileSize, bytes.length]);
      this.#fileSize += bytes.length;
    }
    this.#inMemory = 0;
  }

  /** The changes of a pile, in pieces. Nothing may be added any more. */
  async *read(pile: number): AsyncGenerator<Buffer> {
    const from = this.#piles.get(pile);
    for (const [offset, length] of from?.parts ?? []) {
      const bytes = Buffer.alloc(length);
      const read = await this.#file?.read(bytes, 0, length, offset);
      if (read?.bytesRead !== length) throw new Error('the plan on disk is cut short');
      yield bytes;
    }
    if (from !== undefined && from.records.length > 0) yield from.records.copyOut();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#piles.clear();
  }
}

async function openNameless(): Promise<FileHandle> {
  const name = join(tmpdir(), `pwalk-plan-${randomBytes(12).toString('hex')}`);
  const file = await open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  await unlink(name);
  return file;
}

/** Records in groups of at most `most` changes, whatever pieces they come in. */
export async function* inGroups(
  pieces: AsyncIterable<Buffer>,
  most: () => number,
): AsyncGenerator<Buffer> {
  const group = new ChangeRecords();
  for await (const piece of pieces) {
    for (const change of changesIn(piece)) {
      group.copy(change);
      if (group.length >= most() || group.byteLength >= MOST_IN_GROUP) yield group.finish();
    }
  }
  if (group.length > 0) yield group.finish();
}
