import { randomBytes } from 'node:crypto';
import { constants, type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;

/** `O_TMPFILE` of Linux on every processor that Node runs on, which Node has no name for; 0 elsewhere. */
const O_TMPFILE = process.platform === 'linux' ? 0o20000000 | O_DIRECTORY : 0;

/** What file systems and kernels without it answer; `ENOTSUP` is what Node calls EOPNOTSUPP on Linux. */
const unsupported: ReadonlySet<unknown> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EISDIR', 'EINVAL']);

/**
 * A file for this process alone that is gone when it is closed, however that comes: without a name from the start
 * where the file system can do that, else with one for a moment.
 * @param name what such a one begins with
 * @throws what `open` throws, or `unlink`
 */
export async function openNameless(directory: string, name: string): Promise<FileHandle> {
  if (O_TMPFILE !== 0) {
    try {
      return await open(join(directory, '.'), O_RDWR | O_TMPFILE, 0o600);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && unsupported.has(error.code))) throw error;
    }
  }
  const path = join(directory, `.${name}-${randomBytes(12).toString('hex')}`);
  const file = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await unlink(path);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}
