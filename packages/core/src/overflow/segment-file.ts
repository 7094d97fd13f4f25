import type { FileHandle } from 'node:fs/promises';
import { openNameless } from '../io/nameless-file.js';

/** Bytes that are taken, and given back, at once. */
const SEGMENT = 1024 * 1024;

/** Where some bytes are in the file. */
interface Extent {
  readonly position: number;
  readonly length: number;
}

/**
 * Bytes on disk, first in, first out, in a file without a name that is gone with the process. The file is in
 * segments: those that were read are written again, so that it is no larger than what waited at most, and it
 * is cut to nothing when all is read. One `append` and one `read` may be under way at the same time, and no two.
 */
export class SegmentFile {
  readonly #file: FileHandle;
  readonly #mostSegments: number;
  /** Those that hold what waits, in order; it begins at `start` of the first, and ends `end` bytes from there. */
  readonly #chain: number[] = [];
  readonly #free: number[] = [];
  /** Segments of the file. */
  #count = 0;
  #start = 0;
  #end = 0;
  #isAppending = false;
  #cutting: Promise<void> | null = null;

  private constructor(file: FileHandle, limit: number) {
    this.#file = file;
    this.#mostSegments = Math.floor(limit / SEGMENT);
  }

  /**
   * @param limit bytes of disk space at most
   * @throws what `open` throws
   */
  static async open(directory: string, limit: number): Promise<SegmentFile> {
    return new SegmentFile(await openNameless(directory, 'pwalk-batches'), limit);
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Bytes that there is room for. */
  get room(): number {
    const segments = this.#mostSegments - this.#count + this.#free.length + this.#chain.length;
    return segments * SEGMENT - this.#end;
  }

  /**
   * Puts bytes behind those that wait: all of them, or when it throws none.
   * @param bytes not more than there is room for
   * @throws what the write throws
   */
  async append(bytes: Uint8Array): Promise<void> {
    this.#isAppending = true;
    await this.#cutting;
    const before = this.#count;
    const added = Math.ceil((this.#end + bytes.length) / SEGMENT) - this.#chain.length;
    for (let i = 0; i < added; i++) this.#chain.push(this.#free.pop() ?? this.#count++);
    try {
      let done = 0;
      for (const { position, length } of this.#extents(this.#end, bytes.length)) {
        await this.#write(bytes.subarray(done, done + length), position);
        done += length;
      }
      this.#end += bytes.length;
    } catch (error) {
      // What is new may have no room on the disk: it goes, and what was there before is free again.
      const taken = this.#chain.splice(this.#chain.length - added);
      this.#free.push(...taken.filter((segment) => segment < before));
      this.#count = before;
      await this.#file.truncate(before * SEGMENT).catch(() => {});
      throw error;
    } finally {
      this.#isAppending = false;
    }
  }

  /**
   * Takes the bytes that have waited longest.
   * @param to as long as what is to be taken
   * @throws what the read throws; RangeError when there are not so many
   */
  async read(to: Uint8Array): Promise<void> {
    if (to.length > this.size) throw new RangeError('it is longer than what was written');
    let done = 0;
    for (const { position, length } of this.#extents(this.#start, to.length)) {
      await this.#read(to.subarray(done, done + length), position);
      done += length;
    }
    this.#start += to.length;
    while (this.#start >= SEGMENT) {
      this.#free.push(...this.#chain.splice(0, 1));
      this.#start -= SEGMENT;
      this.#end -= SEGMENT;
    }
    if (this.size === 0 && !this.#isAppending) this.#cut();
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Nothing waits: the disk gets its room back. */
  #cut(): void {
    this.#chain.length = 0;
    this.#free.length = 0;
    this.#count = 0;
    this.#start = 0;
    this.#end = 0;
    // A file that stays as long as it is is no harm.
    this.#cutting = this.#file.truncate(0).catch(() => {});
  }

  /** Where bytes are that begin at `from`, counted from the first segment of the chain. */
  #extents(from: number, length: number): Extent[] {
    const extents: Extent[] = [];
    for (let at = from; at < from + length; ) {
      const within = at % SEGMENT;
      const part = Math.min(SEGMENT - within, from + length - at);
      const segment = this.#chain[Math.floor(at / SEGMENT)];
      extents.push({ position: segment * SEGMENT + within, length: part });
      at += part;
    }
    return extents;
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const left = bytes.length - done;
      const { bytesWritten } = await this.#file.write(bytes, done, left, position + done);
      done += bytesWritten;
    }
  }

  async #read(to: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < to.length; ) {
      const { bytesRead } = await this.#file.read(to, done, to.length - done, position + done);
      if (bytesRead === 0) throw new RangeError('it is cut short');
      done += bytesRead;
    }
  }
}
