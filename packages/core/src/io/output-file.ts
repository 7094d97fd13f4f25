import { type BigIntStats, fstat, writeFile } from 'node:fs';
import { constants, type FileHandle, open, readlink, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { promisify } from 'node:util';
import { describeErrno } from '../errors/errno.js';
import { PwalkError } from '../errors/pwalk-error.js';
import { escapeLines, escapeText } from '../text/escape.js';
import type { FileIdentity } from './file-identity.js';
import { checkReplaceable } from './replaceable.js';
import { syncDirectory } from './sync-directory.js';
import { temporaryName } from './temporary-name.js';

const { O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;

/** What is going to be written. */
export interface OutputContent {
  /** Not for terminals. @default false */
  readonly binary?: boolean;
  /** Permissions of a file that is made, less the umask. @default 0o666 */
  readonly mode?: number;
}

/**
 * An output that is not visible under its name until it is whole.
 *
 * A file is written under a temporary name in the same directory; `sync` makes it durable, `publish`
 * renames it over the final name and syncs the directory, and `discard` removes it. It is a new file,
 * with the mode the umask leaves, whatever it replaces. A symbolic link under the final name is
 * replaced, never written through. What exists and is not a regular file
 * (`/dev/null`, a fifo) and standard output (`-`) are written in place: there is nothing to publish.
 * A terminal shows text only, with what could command it escaped.
 *
 * Every failure is a `PwalkError`: `PWALK_OUTPUT_OPEN`, `PWALK_OUTPUT_WRITE`, or
 * `PWALK_OUTPUT_CLOSED` when the reader of a pipe is gone.
 */
export class OutputFile {
  /** As given; `-` for standard output. */
  readonly path: string;
  /** For writers that write themselves; valid until `publish` or `discard`. */
  readonly fd: number;
  /** Null where the output is no file of its own: a pipe, a device. */
  readonly identity: FileIdentity | null;
  /** Where it is, `write` it through: names in it are escaped there. */
  readonly isTerminal: boolean;
  readonly #handle: FileHandle | null;
  readonly #temporary: string | null;
  #bytes = 0;
  #open = true;
  #durable = false;

  private constructor(
    path: string,
    fd: number,
    identity: FileIdentity | null,
    handle: FileHandle | null,
    temporary: string | null,
  ) {
    this.path = path;
    this.fd = fd;
    this.isTerminal = isatty(fd);
    this.identity = identity;
    this.#handle = handle;
    this.#temporary = temporary;
  }

  /**
   * Creates the output.
   * @param signal ends the wait for a fifo's reader
   * @throws PwalkError `PWALK_OUTPUT_OPEN`; `PWALK_OPTIONS_INVALID` for what a terminal cannot show; the
   * signal's reason when it aborts
   */
  static async open(
    path: string,
    signal?: AbortSignal,
    { binary = false, mode = 0o666 }: OutputContent = {},
  ): Promise<OutputFile> {
    const fd = await outputDescriptor(path);
    if (fd !== null) {
      if (binary && isatty(fd)) throw notForTerminals(path);
      const stat = await promisify(fstat)(fd, { bigint: true }).catch((error) => {
        throw cannotCreate(path, error);
      });
      return new OutputFile(path, fd, identityOf(stat), null, null);
    }
    try {
      if (path.endsWith('/')) throw new Error('it names a directory');
      const existing = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (existing?.isDirectory()) throw new Error('it is a directory');
      const inPlace = existing !== null && !existing.isFile();
      if (!inPlace) await checkReplaceable(path);
      const temporary = inPlace ? null : temporaryName(path);
      const handle =
        temporary === null
          ? await openInPlace(path, existing?.isFIFO() ?? false, signal)
          : await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
      if (binary && isatty(handle.fd)) {
        await handle.close();
        throw notForTerminals(path);
      }
      const identity = identityOf(await handle.stat({ bigint: true }));
      return new OutputFile(path, handle.fd, identity, handle, temporary);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof PwalkError) throw error;
      throw cannotCreate(path, error);
    }
  }

  /** Bytes written through `write` and told through `wrote`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts bytes that somebody else wrote to `fd`. */
  wrote(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Appends all of `chunk`; to a terminal whole lines. */
  async write(chunk: Uint8Array): Promise<void> {
    const shown = this.isTerminal ? Buffer.from(escapeLines(chunk)) : chunk;
    try {
      if (this.#handle === null) await writeToDescriptor(this.fd, shown);
      else await this.#handle.writeFile(shown);
      this.#bytes += chunk.byteLength;
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** The error of a failed write to this output, with the code and sentence that fit. */
  failure(cause: unknown): PwalkError {
    // By number: EDQUOT is a code that Node does not know.
    const [code] = describeErrno(errnoOf(cause));
    const name = this.fd === 1 ? 'standard output' : `"${escapeText(this.path)}"`;
    if (code === 'EPIPE') {
      return new PwalkError('PWALK_OUTPUT_CLOSED', `The reader of ${name} is gone.`, { cause });
    }
    const remedy = remedies[code] ?? 'check the device';
    return new PwalkError(
      'PWALK_OUTPUT_WRITE',
      `Writing ${name} failed: ${reasonOf(cause)}; ${remedy}.`,
      { path: this.path, cause },
    );
  }

  /**
   * Makes what was written durable, where it is a file. After that only its name can fail, so of several
   * outputs each is synced before the first is published.
   * @throws PwalkError `PWALK_OUTPUT_WRITE`
   */
  async sync(): Promise<void> {
    if (!this.#open || this.#handle === null || this.#temporary === null) return;
    try {
      await this.#handle.sync();
    } catch (error) {
      throw this.failure(error);
    }
    this.#durable = true;
  }

  /** Makes the output durable and visible under its name. */
  async publish(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    if (this.#handle === null) return;
    try {
      if (this.#temporary === null) {
        await this.#handle.close();
        return;
      }
      if (!this.#durable) await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, this.path);
      await syncDirectory(dirname(this.path));
    } catch (error) {
      await this.#handle.close().catch(() => {});
      if (this.#temporary !== null) await rm(this.#temporary, { force: true }).catch(() => {});
      throw this.failure(error);
    }
  }

  /** Closes the output and removes what was written, as far as it can be. Never throws. */
  async discard(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle?.close().catch(() => {});
    if (this.#temporary !== null) await rm(this.#temporary, { force: true }).catch(() => {});
  }
}

/** What helps, by the code of what a write failed with. */
const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space or choose another place',
  EDQUOT: 'free some space or choose another place',
  EFBIG: 'raise the limit on the size of files (ulimit -f) or choose another file system',
};

function cannotCreate(path: string, cause: unknown): PwalkError {
  return new PwalkError(
    'PWALK_OUTPUT_OPEN',
    `Cannot create the output "${escapeText(path)}": ${reasonOf(cause)}. Choose a file in an existing, writable directory.`,
    { path, cause },
  );
}

function notForTerminals(path: string): PwalkError {
  const name = path === '-' ? 'Standard output' : `"${escapeText(path)}"`;
  return new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `${name} is a terminal, and the data is binary; redirect it, or choose a format of text, as csv or jsonl.`,
    { path },
  );
}

/**
 * The descriptor of this process that an output's name stands for: 1 for `-`, `/dev/stdout` and links to
 * it, N for `/dev/fd/N`; null for files. It is written as it is, never opened anew: a second opening of
 * a redirected file would begin at its start again.
 */
export async function outputDescriptor(path: string): Promise<number | null> {
  if (path === '-') return 1;
  const target = await readlink(path).catch(() => '');
  for (const name of [path, target]) {
    const [, owner, number] = /^\/(?:dev|proc\/(self|\d+))\/fd\/(\d+)$/.exec(name) ?? [];
    const isOurs = owner === undefined || owner === 'self' || owner === `${process.pid}`;
    if (number !== undefined && isOurs) return Number(number);
  }
  return null;
}

/** Which file it is, when it is one: a device or a pipe that is written to is still an entry to report. */
function identityOf(stat: BigIntStats): FileIdentity | null {
  return stat.isFile() ? { dev: stat.dev, inode: stat.ino } : null;
}

/** Milliseconds between two looks whether a fifo has a reader. */
const READER_PATIENCE = 50;

/**
 * Opens what exists for writing. A fifo without a reader is waited for without blocking a thread,
 * until `signal` aborts.
 */
async function openInPlace(
  path: string,
  isFifo: boolean,
  signal: AbortSignal | undefined,
): Promise<FileHandle> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      const probe = await open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK);
      try {
        // There is a reader, so this does not block; the descriptor itself is to block on writes.
        return await open(path, O_WRONLY | O_NOCTTY);
      } finally {
        await probe.close();
      }
    } catch (error) {
      // Of a socket or a device without a driver the same error is final.
      const noReader =
        isFifo && error instanceof Error && 'code' in error && error.code === 'ENXIO';
      if (!noReader) throw error;
      await setTimeout(READER_PATIENCE);
    }
  }
}

/** `no space left on device (ENOSPC)`, or whatever the error says of itself. */
export function reasonOf(error: unknown): string {
  const errno = errnoOf(error);
  if (errno > 0) {
    const [code, text] = describeErrno(errno);
    return `${text} (${code})`;
  }
  return escapeText(error instanceof Error ? error.message : String(error));
}

/** Of an error of Node's, which has the negative of it; 0 when it is none of the system's. */
function errnoOf(error: unknown): number {
  const errno = error instanceof Error && 'errno' in error ? -Number(error.errno) : 0;
  return Math.max(errno, 0);
}

/** Standard output goes through its stream, which waits where the descriptor would not block. */
function writeToDescriptor(fd: number, chunk: Uint8Array): Promise<void> {
  if (fd !== 1) return promisify(writeFile)(fd, chunk);
  return new Promise((done, failed) => {
    process.stdout.write(chunk, (error) => (error ? failed(error) : done()));
  });
}
