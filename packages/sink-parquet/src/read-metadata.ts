import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { footerPairs, TRAILER } from './footer-metadata.js';

/** More than any footer of ours; what a damaged file says of itself is not believed beyond it. */
const largestFooter = 256 * 1024 * 1024;

/** The key-value pairs in a file's footer. Null where there is no such file, or it is not Parquet. */
export async function readMetadata(path: string): Promise<ReadonlyMap<string, string> | null> {
  let file: FileHandle | undefined;
  try {
    // Looked at first: to open a fifo or a tape is to do something to it.
    if (!(await lstat(path)).isFile()) return null;
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = await file.stat();
    if (!stat.isFile()) return null;
    const trailer = await readAt(file, stat.size - TRAILER, TRAILER);
    const length = trailer.readUInt32LE(0);
    if (trailer.toString('latin1', 4) !== 'PAR1' || length > largestFooter) return null;
    return footerPairs(await readAt(file, stat.size - TRAILER - length, length));
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

/** @throws Error when there are not that many bytes there */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) throw new Error('the file is too short');
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('the file is too short');
  return buffer;
}
