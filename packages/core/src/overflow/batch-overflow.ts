import { tmpdir } from 'node:os';
import type { EntryBatch } from '../batch/entry-batch.js';
import { SlabPool } from '../batch/slab-pool.js';
import { PwalkError } from '../errors/pwalk-error.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import { BatchSpool, type Spooled } from './batch-spool.js';
import { Overflow } from './overflow.js';
import { SegmentFile } from './segment-file.js';
import { cannotSpill } from './spill-error.js';

/**
 * What becomes of batches that a sink is too slow to take: `pause`, the source waits for it; `spill`, they are
 * on disk meanwhile and the source goes on.
 */
export type OverflowPolicy = 'pause' | 'spill';

/** What a pipeline says of batches that a sink is too slow to take. */
export interface OverflowSpec {
  /** What becomes of batches that a sink is too slow to take. @default 'pause' */
  readonly overflow?: OverflowPolicy;
  /** Where they are put with `spill`. @default the directory for temporary files */
  readonly spillDir?: string;
  /** Bytes of disk space for them, at least 1 MiB; where they are used up, the source waits. @default 10 GiB */
  readonly spillLimit?: number;
}

/** Least disk space for what does not fit into memory, in bytes: it is used in pieces of that. */
export const LEAST_SPILL_LIMIT = 1024 * 1024;
/** Disk space for it when nobody says, in bytes. */
export const DEFAULT_SPILL_LIMIT = 10 * 1024 ** 3;

/** @throws PwalkError `PWALK_OPTIONS_INVALID` */
export function checkOverflow({ overflow, spillDir, spillLimit }: OverflowSpec): void {
  if (overflow !== undefined && overflow !== 'pause' && overflow !== 'spill') {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `overflow is ${JSON.stringify(overflow)}; give "pause" or "spill".`,
    );
  }
  if (spillDir === '') {
    throw new PwalkError('PWALK_OPTIONS_INVALID', 'spillDir is empty; name a directory.');
  }
  if (spillLimit === undefined) return;
  if (Number.isSafeInteger(spillLimit) && spillLimit >= LEAST_SPILL_LIMIT) return;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `spillLimit is ${spillLimit}; give a number of bytes, at least 1 MiB.`,
  );
}

/** Where batches are put, and how many bytes of them at most. */
export interface OverflowPlace {
  readonly directory: string;
  readonly limit: number;
}

/** That of a pipeline that spills; null when it pauses. */
export function overflowPlace(spec: OverflowSpec): OverflowPlace | null {
  if (spec.overflow !== 'spill') return null;
  return {
    directory: spec.spillDir ?? tmpdir(),
    limit: spec.spillLimit ?? DEFAULT_SPILL_LIMIT,
  };
}

/** The spilling of one run: open before anything else, and closed last. */
export class BatchOverflow {
  readonly #file: SegmentFile;
  readonly #directory: string;
  readonly #warn: (message: string) => void;
  #spool: BatchSpool | null = null;
  #overflow: Overflow | null = null;

  private constructor(file: SegmentFile, directory: string, warn: (message: string) => void) {
    this.#file = file;
    this.#directory = directory;
    this.#warn = warn;
  }

  /**
   * @returns null when the pipeline pauses
   * @throws PwalkError `PWALK_SPILL_FAILED`
   */
  static async open(
    spec: OverflowSpec,
    warn: (message: string) => void,
  ): Promise<BatchOverflow | null> {
    const place = overflowPlace(spec);
    if (place === null) return null;
    const file = await SegmentFile.open(place.directory, place.limit).catch((error) => {
      throw cannotSpill(place.directory, error);
    });
    return new BatchOverflow(file, place.directory, warn);
  }

  /**
   * The same batches, of a source that goes on while they are not taken. Called once.
   * @param reuses memory of batches is used again when they are released
   * @param release told of a batch whose memory the source may use again
   */
  through(
    batches: AsyncIterable<EntryBatch>,
    schema: EntrySchema,
    reuses: boolean,
    release: (batch: EntryBatch) => void,
  ): AsyncIterable<EntryBatch> {
    this.#spool = new BatchSpool(this.#file, schema, new SlabPool(reuses));
    this.#overflow = new Overflow(batches, {
      spool: this.#spool,
      directory: this.#directory,
      release,
      warn: this.#warn,
    });
    return this.#overflow;
  }

  /** Memory of a batch may be used again, if it was on disk. */
  release(batch: EntryBatch): void {
    this.#spool?.release(batch);
  }

  /** Bytes that are on disk. */
  get size(): number {
    return this.#file.size;
  }

  /** What went to disk so far. */
  get spooled(): Spooled {
    return this.#spool?.spooled ?? { batches: 0, bytes: 0, peak: 0 };
  }

  /** Waits for the source and for what is under way. */
  async close(): Promise<void> {
    await this.#overflow?.return();
    await this.#file.close();
  }
}
