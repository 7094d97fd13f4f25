import { constants, open } from 'node:fs/promises';

const { O_DIRECTORY, O_RDONLY } = constants;

/** Errors of fsync on a directory that mean "not supported here", not "not durable". */
const unsupportedSync = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EBADF']);

/** Makes the names in a directory durable, where the file system can do that. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, O_RDONLY | O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!unsupportedSync.has(code)) throw error;
  } finally {
    await handle.close();
  }
}
