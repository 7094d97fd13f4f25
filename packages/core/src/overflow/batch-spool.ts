import { crc32 } from 'node:zlib';
import type { EntryBatch } from '../batch/entry-batch.js';
import type { SlabPool } from '../batch/slab-pool.js';
import type { EntrySchema } from '../schema/entry-schema.js';
import { RecordBatchMessages } from './record-batch-message.js';
import type { SegmentFile } from './segment-file.js';

/**
 * What stands before each message: its length in 4 bytes, the CRC-32 of all the rest in 4, and the number of the
 * batch in 8. So what comes back is what was written, whole, in order, and not what was there before it.
 */
const HEAD = 16;
const CRC_AT = 4;
const NUMBER_AT = 8;

/** What went to disk. */
export interface Spooled {
  readonly batches: number;
  readonly bytes: number;
  /** Bytes that waited there at a time, at most. */
  readonly peak: number;
}

/**
 * Batches on disk, first in, first out. One `put` and one `take` may be under way at the same time, and no two.
 * In memory there are one batch on its way out and one on its way in, and no trace of those between.
 */
export class BatchSpool {
  readonly #file: SegmentFile;
  readonly #messages: RecordBatchMessages;
  readonly #slabs: SlabPool;
  readonly #head = Buffer.alloc(HEAD);
  /** Used for every batch that is written: large garbage in a row is memory that V8 does not see. */
  #out = Buffer.alloc(0);
  #put = 0;
  #taken = 0;
  #bytes = 0;
  #peak = 0;

  /** @param slabs where batches that come back are put */
  constructor(file: SegmentFile, schema: EntrySchema, slabs: SlabPool) {
    this.#file = file;
    this.#messages = new RecordBatchMessages(schema);
    this.#slabs = slabs;
  }

  get isEmpty(): boolean {
    return this.#put === this.#taken;
  }

  get spooled(): Spooled {
    return { batches: this.#put, bytes: this.#bytes, peak: this.#peak };
  }

  hasRoomFor(batch: EntryBatch): boolean {
    return HEAD + this.#messages.layOut(batch).byteLength <= this.#file.room;
  }

  /**
   * @param batch one that there is room for; it may be overwritten afterwards
   * @throws what the write throws; it is as if nothing was put then
   */
  async put(batch: EntryBatch): Promise<void> {
    const laidOut = this.#messages.layOut(batch);
    const length = HEAD + laidOut.byteLength;
    if (this.#out.length < length) this.#out = Buffer.allocUnsafeSlow(length);
    const frame = this.#out.subarray(0, length);
    this.#messages.write(laidOut, frame.subarray(HEAD));
    frame.writeUInt32LE(laidOut.byteLength, 0);
    frame.writeBigUInt64LE(BigInt(this.#put), NUMBER_AT);
    frame.writeUInt32LE(checksum(frame, frame.subarray(HEAD)), CRC_AT);
    await this.#file.append(frame);
    this.#put++;
    this.#bytes += length;
    this.#peak = Math.max(this.#peak, this.#file.size);
  }

  /**
   * The batch that has waited longest. Call it when there is one.
   * @throws what the read throws; RangeError when it is not what was put
   */
  async take(): Promise<EntryBatch> {
    const head = this.#head;
    await this.#file.read(head);
    const length = head.readUInt32LE(0);
    if (length > this.#file.size || head.readBigUInt64LE(NUMBER_AT) !== BigInt(this.#taken)) {
      throw damaged();
    }
    const { slab } = this.#slabs.take(length);
    const message = new Uint8Array(slab, 0, length);
    await this.#file.read(message);
    if (checksum(head, message) !== head.readUInt32LE(CRC_AT)) throw damaged();
    const batch = this.#messages.read(slab);
    this.#slabs.lend(slab, batch);
    this.#taken++;
    return batch;
  }

  /** Memory of a batch that came back may be used again. */
  release(batch: EntryBatch): void {
    this.#slabs.giveBack(batch);
  }
}

function checksum(head: Buffer, message: Uint8Array): number {
  return crc32(message, crc32(head.subarray(NUMBER_AT, HEAD), crc32(head.subarray(0, CRC_AT))));
}

function damaged(): RangeError {
  return new RangeError('it is not what was written');
}
