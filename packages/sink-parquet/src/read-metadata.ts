import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { footerPairs } from './footer-metadata.js';
import { readFooter } from './read-footer.js';

/** The key-value pairs in a file's footer. Null where there is no such file, or it is not Parquet. */
export async function readMetadata(path: string): Promise<ReadonlyMap<string, string> | null> {
  let file: FileHandle | undefined;
  try {
    // Looked at first: to open a fifo or a tape is to do something to it.
    if (!(await lstat(path)).isFile()) return null;
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const stat = await file.stat();
    if (!stat.isFile()) return null;
    return footerPairs((await readFooter(file, stat.size)).bytes);
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}
