import type { FileHandle } from 'node:fs/promises';
import { TRAILER } from './footer-metadata.js';

/** More than any footer of ours; what a damaged file says of itself is not believed beyond it. */
const largestFooter = 256 * 1024 * 1024;

/** The footer of a Parquet file, without its length and the magic behind it. */
export interface Footer {
  readonly bytes: Buffer;
  /** Where it begins in the file. */
  readonly start: number;
}

/** @throws Error when the file is not Parquet, or its footer is larger than any of ours */
export async function readFooter(file: FileHandle, size: number): Promise<Footer> {
  const trailer = await readAt(file, size - TRAILER, TRAILER);
  const length = trailer.readUInt32LE(0);
  if (trailer.toString('latin1', 4) !== 'PAR1' || length > largestFooter) {
    throw new Error('it is no Parquet file');
  }
  const start = size - TRAILER - length;
  return { bytes: await readAt(file, start, length), start };
}

/** @throws Error when there are not that many bytes there */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) throw new Error('the file is too short');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('the file is too short');
  return buffer;
}
