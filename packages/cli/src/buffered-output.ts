import { once } from 'node:events';

/** Bytes or characters that are written together. */
const CHUNK = 1 << 16;

/**
 * Writes many small pieces to a stream in few calls: when there are enough of them, and whenever whoever
 * makes them waits. Text or bytes, not both. Errors of the stream are for its own handlers.
 */
export class BufferedOutput {
  readonly #stream: NodeJS.WritableStream;
  #pieces: Buffer[] = [];
  #text = '';
  #size = 0;
  #isScheduled = false;
  #drained: Promise<unknown> | null = null;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  /** Resolves when more may be written. */
  write(piece: string | Buffer): Promise<void> | undefined {
    if (typeof piece === 'string') this.#text += piece;
    else this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size >= CHUNK) return this.flush();
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        if (this.#drained === null) this.#hand();
      });
    }
    return undefined;
  }

  /** Resolves when all is handed over and the stream has room again. */
  async flush(): Promise<void> {
    await this.#drained;
    this.#hand();
    await this.#drained;
  }

  #hand(): void {
    if (this.#size === 0) return;
    const chunk = this.#text === '' ? Buffer.concat(this.#pieces) : this.#text;
    this.#pieces = [];
    this.#text = '';
    this.#size = 0;
    if (this.#stream.write(chunk)) return;
    this.#drained = once(this.#stream, 'drain').finally(() => {
      this.#drained = null;
    });
  }
}
