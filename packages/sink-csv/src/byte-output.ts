import { setTimeout } from 'node:timers/promises';
import { getSystemErrorName } from 'node:util';
import { PwalkError } from '@pwalk/core';
import type { OutputFile } from '@pwalk/core/io';
import { type AddonOutput, loadAddon } from './addon.js';

/** Milliseconds that `abandon` waits for a write that is stuck in the kernel. */
const patience = 2_000;

/**
 * Writes to an output in a way that can be given up: a write to a pipe whose reader has stopped
 * reading neither blocks JavaScript nor keeps the process from ending. Where the addon cannot be
 * loaded, and to a terminal, the output writes itself: a pipe or fifo whose reader has stopped then holds a cancelled run.
 */
export class ByteOutput {
  readonly #output: OutputFile;
  readonly #native: AddonOutput | null;
  #abandoned = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(output: OutputFile) {
    this.#output = output;
    const addon = loadAddon();
    const isDirect = !(addon instanceof PwalkError) && !output.isTerminal;
    this.#native = isDirect ? new addon.Output(output.fd) : null;
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#output.bytes;
  }

  /** Appends all of it. Calls do not overlap. @throws PwalkError */
  write(bytes: Uint8Array): Promise<void> {
    const writing = this.#write(bytes);
    this.#writing = writing.catch(() => {});
    return writing;
  }

  /** Ends writing: the reader of a pipe sees the end once the output is closed too. */
  close(): void {
    this.#native?.close();
  }

  /** Stops writing at the next opportunity and closes. */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    const waiting = new AbortController();
    await Promise.race([
      this.#writing,
      setTimeout(patience, undefined, { signal: waiting.signal }).catch(() => {}),
    ]);
    waiting.abort();
    this.close();
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      if (this.#abandoned) throw this.#output.failure(new Error('it was given up'));
      if (this.#native === null) return this.#output.write(rest);
      const written = await this.#native.write(rest).catch((error) => {
        throw this.#output.failure(withCode(error));
      });
      this.#output.wrote(written);
      rest = rest.subarray(written);
    }
  }
}

/** The addon's errors have an errno; errors of Node have a code and the negative of it. */
function withCode(error: unknown): unknown {
  if (!(error instanceof Error) || !('errno' in error)) return error;
  const errno = -Number(error.errno);
  return Object.assign(new Error(error.message), { errno, code: getSystemErrorName(errno) });
}
