import { getSystemErrorMap } from 'node:util';

/**
 * A directory that could not be listed, in the shape of Node's own errors: `errno` is negative, `code` is
 * as `ENOENT`, `syscall` is `scandir`. `path` is text, with bytes that are not UTF-8 as `decodePath` gives them.
 */
export class WalkError extends Error implements NodeJS.ErrnoException {
  override readonly name = 'Error';
  readonly errno: number;
  readonly code: string;
  readonly syscall = 'scandir';
  readonly path: string;

  /** @param errno as the kernel gave it: positive */
  constructor(errno: number, path: string) {
    const [code, reason] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, 'unknown error'];
    super(`${code}: ${reason}, scandir '${path}'`);
    this.errno = -errno;
    this.code = code;
    this.path = path;
  }
}
