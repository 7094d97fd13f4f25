import { closeSync, constants, openSync } from 'node:fs';

const flags =
  constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NOATIME;

/**
 * A directory held open. What is in it is reached through the descriptor, so neither the length of
 * its path nor what becomes of its ancestors matters. Linux: `/proc/self/fd`.
 */
export class OpenDirectory {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  static at(path: string | Buffer): OpenDirectory {
    return new OpenDirectory(openSync(path, flags));
  }

  /** A path to an entry of this directory, for calls of this process. */
  entry(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`/proc/self/fd/${this.fd}/`), name]);
  }

  /** The same for commands that this process starts. */
  entryForOthers(name: Buffer): Buffer {
    return Buffer.concat([Buffer.from(`/proc/${process.pid}/fd/${this.fd}/`), name]);
  }

  open(name: Buffer): OpenDirectory {
    return OpenDirectory.at(this.entry(name));
  }

  close(): void {
    closeSync(this.fd);
  }
}
