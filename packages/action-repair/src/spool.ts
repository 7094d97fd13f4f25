import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openNameless } from '@pwalk/core/io';
import type { Change } from './change.js';
import { allocate, ChangeRecords } from './change-records.js';
import { recordLayout, WORD, wordsOf } from './record-layout.js';

/** Bytes of records in memory before they go to disk. */
const MOST_IN_MEMORY = 32 * 1024 * 1024;

/** Bytes of records in one piece: larger ones would be copied again and again while they grow. */
const PIECE = 256 * 1024;

/** Bytes of a group, however few changes that are: names may be long. */
const MOST_IN_GROUP = 1 << 20;

interface Pile {
  /** Where parts of the pile are in the file: offset and length. */
  readonly parts: (readonly [number, number])[];
  /** What comes after them, in memory, and what comes last. */
  readonly pieces: Buffer[];
  readonly records: ChangeRecords;
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
  /** Memory of pieces that are on disk, to be used again. */
  readonly #written: Buffer[] = [];

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
      to = { records: new ChangeRecords(), pieces: [], parts: [] };
      this.#piles.set(pile, to);
    }
    const { records, pieces } = to;
    if (records.length > 0 && records.byteLength + change.size > PIECE) {
      pieces.push(records.handOver(this.#written.pop() ?? allocate(PIECE)));
    }
    records.copy(change);
    this.#inMemory += change.size;
  }

  /** Writes to disk what is too much for memory. Call it after some `add`s. */
  async settle(): Promise<void> {
    if (this.#inMemory <= this.#mostInMemory) return;
    this.#file ??= await openNameless(tmpdir(), 'pwalk-plan');
    for (const { records, pieces, parts } of this.#piles.values()) {
      const full = pieces.splice(0);
      for (const bytes of [...full, records.view()]) {
        if (bytes.length === 0) continue;
        await this.#file.appendFile(bytes);
        parts.push([this.#fileSize, bytes.length]);
        this.#fileSize += bytes.length;
      }
      records.clear();
      for (const { buffer } of full) {
        if (buffer.byteLength === PIECE) this.#written.push(Buffer.from(buffer));
      }
    }
    this.#inMemory = 0;
  }

  /** The changes of a pile, in pieces, each of them once. Nothing may be added any more. */
  async *read(pile: number): AsyncGenerator<Buffer> {
    const from = this.#piles.get(pile);
    if (from === undefined) return;
    for (const [offset, length] of from.parts) {
      const bytes = Buffer.alloc(length);
      const read = await this.#file?.read(bytes, 0, length, offset);
      if (read?.bytesRead !== length) throw new Error('the plan on disk is cut short');
      yield bytes;
    }
    yield* from.pieces;
    if (from.records.length > 0) yield from.records.view();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#piles.clear();
    this.#written.length = 0;
  }
}

/** Records in groups of at most `most` changes, whatever pieces they come in. */
export async function* inGroups(
  pieces: AsyncIterable<Buffer>,
  most: () => number,
): AsyncGenerator<Buffer> {
  const begun = new ChangeRecords();
  for await (const piece of pieces) {
    const words = wordsOf(piece);
    let start = 0;
    let changes = 0;
    for (let end = 0; end < piece.length; ) {
      end += words[(end + recordLayout.size) / WORD];
      changes++;
      const isFull = begun.length + changes >= most();
      if (!isFull && begun.byteLength + end - start < MOST_IN_GROUP) continue;
      const group = piece.subarray(start, end);
      if (begun.length > 0) begun.copyAll(group, changes);
      yield begun.length > 0 ? begun.finish() : group;
      start = end;
      changes = 0;
    }
    if (changes > 0) begun.copyAll(piece.subarray(start), changes);
  }
  if (begun.length > 0) yield begun.finish();
}
