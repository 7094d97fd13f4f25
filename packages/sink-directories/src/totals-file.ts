import { writeSync } from 'node:fs';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { EntryBatch, EntrySchema, Outcome, Output, Sink, SinkContext } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { LINK_WORDS } from './link-names.js';
import { RunWriter } from './run-file.js';
import { writeRun } from './spool.js';
import { WORDS } from './totals.js';
import { TotalsCollector, type TotalsRuns } from './totals-collector.js';

/** What a file of totals ends with: `PWLT`, version, words of both kinds of records, lengths of both runs, a checksum. */
const TRAILER = 32;
const MAGIC = 0x544c_5750;
const VERSION = 1;

/** Bytes checked at once. */
const CHUNK = 1 << 20;

/**
 * Writes the totals of a part of a scan, which come to tables with those of the other parts: the run of the
 * directories, the run of the names of files that have several, the trailer.
 */
export class TotalsFileSink implements Sink {
  readonly #path: string;
  #opened: { readonly output: OutputFile; readonly collector: TotalsCollector } | null = null;
  #records = 0;
  #made: Output | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async open(_schema: EntrySchema, ctx: SinkContext): Promise<void> {
    const output = await OutputFile.open(this.#path, ctx.signal);
    if (output.identity !== null) ctx.registerOwnFile(output.identity);
    this.#opened = { output, collector: new TotalsCollector(ctx.memory, ctx.scan.rootBytes) };
  }

  async write(batch: EntryBatch): Promise<void> {
    await this.#opened?.collector.add(batch);
  }

  async flush(): Promise<void> {
    if (this.#opened === null) return;
    const { output, collector } = this.#opened;
    try {
      let sum = 0;
      const add = (chunk: Uint8Array) => {
        sum = crc32(chunk, sum);
        output.wrote(chunk.length);
      };
      const first = new RunWriter(output.fd, 0, add);
      this.#records += await writeRun(first, collector.directories());
      const directories = first.finish();
      const second = new RunWriter(output.fd, directories.end, add);
      this.#records += await writeRun(second, collector.links());
      const links = second.finish();
      const trailer = Buffer.alloc(TRAILER);
      trailer.writeUInt32LE(MAGIC, 0);
      trailer.writeUInt16LE(VERSION, 4);
      trailer.writeUInt8(WORDS, 6);
      trailer.writeUInt8(LINK_WORDS, 7);
      trailer.writeBigUInt64LE(BigInt(directories.end), 8);
      trailer.writeBigUInt64LE(BigInt(links.end - links.start), 16);
      trailer.writeUInt32LE(sum, 24);
      trailer.writeUInt32LE(crc32(trailer.subarray(0, 28)), 28);
      append(output, trailer, links.end);
    } catch (error) {
      throw output.failure(error);
    }
    await output.sync();
  }

  async close(outcome: Outcome): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    opened.collector.close();
    const { output } = opened;
    if (!outcome.ok) return output.discard();
    await output.publish();
    const { bytes } = output;
    const rows = this.#records;
    this.#made = { path: this.#path, format: 'totals', rows, bytes, table: 'totals' };
  }

  outputs(): readonly Output[] {
    return this.#made === null ? [] : [this.#made];
  }
}

function append(output: OutputFile, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(output.fd, bytes, done, bytes.length - done, position + done);
  }
  output.wrote(bytes.length);
}

/** A file of totals, checked. */
export interface TotalsFile extends TotalsRuns {
  close(): Promise<void>;
}

/** @throws RangeError when it is not what was written; what opening and reading throw */
export async function openTotalsFile(path: string): Promise<TotalsFile> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const trailer = await bytesAt(file, Math.max(size - TRAILER, 0), TRAILER);
    const middle = Number(trailer.readBigUInt64LE(8));
    const end = middle + Number(trailer.readBigUInt64LE(16));
    const isOurs =
      trailer.readUInt32LE(0) === MAGIC &&
      trailer.readUInt16LE(4) === VERSION &&
      trailer.readUInt8(6) === WORDS &&
      trailer.readUInt8(7) === LINK_WORDS &&
      trailer.readUInt32LE(28) === crc32(trailer.subarray(0, 28));
    if (!isOurs || end + TRAILER !== size) throw new RangeError('it is no file of totals, or cut');
    let sum = 0;
    for (let at = 0; at < end; at += CHUNK) {
      sum = crc32(await bytesAt(file, at, Math.min(CHUNK, end - at)), sum);
    }
    if (sum !== trailer.readUInt32LE(24)) throw new RangeError('its checksum is another');
    const { fd } = file;
    return {
      directories: { fd, start: 0, end: middle },
      links: { fd, start: middle, end },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new RangeError('it is cut');
    done += bytesRead;
  }
  return bytes;
}
