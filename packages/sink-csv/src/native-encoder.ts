import { type Column, type EntryBatch, PwalkError } from '@pwalk/core';
import type { AddonEncoder, Part } from './addon.js';
import type { ChunkEncoder } from './chunk-encoder.js';

/** Rows formatted in C++ on a thread of libuv's pool. */
export class NativeEncoder implements ChunkEncoder {
  readonly #encoder: AddonEncoder;
  readonly #columns: readonly string[];
  #chunk: Buffer;
  #printed = 0;
  #altered = 0;

  /** @param columns what `encoder` takes of a batch, in its order */
  constructor(encoder: AddonEncoder, columns: readonly string[], chunkBytes: number) {
    this.#encoder = encoder;
    this.#columns = columns;
    this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
  }

  get printed(): number {
    return this.#printed;
  }

  get altered(): number {
    return this.#altered;
  }

  async *encode(batch: EntryBatch): AsyncGenerator<Uint8Array> {
    const parts = this.#columns.flatMap((name) => partsOf(batch.column(name)));
    for (let row = 0; row < batch.length; ) {
      const { next, printed, altered, bytes } = await this.#encoder
        .encode(batch.length, parts, row, this.#chunk)
        .catch(rethrow);
      this.#printed += printed;
      this.#altered += altered;
      if (bytes > 0) yield this.#chunk.subarray(0, bytes);
      else if (next < batch.length) {
        // Not even one row fits: a path of a length that is hardly ever seen.
        this.#chunk = Buffer.allocUnsafeSlow(this.#chunk.length * 2);
      }
      row = next;
    }
  }
}

function partsOf(column: Column): [Part, Part, Part] {
  const { validity } = column;
  switch (column.type) {
    case 'utf8':
    case 'binary':
      return [validity, column.offsets, column.bytes];
    case 'dictionary':
      return [validity, column.codes, null];
    case 'bool':
      return [validity, column.bits, null];
    default:
      return [validity, column.values, null];
  }
}

/** The one errno the encoder has is that of a batch whose buffers contradict each other. */
function rethrow(error: unknown): never {
  if (!(error instanceof Error) || !('errno' in error)) throw error;
  throw new PwalkError(
    'PWALK_SCHEMA_INVALID',
    'A batch has a column whose offsets or lengths do not fit its rows.',
    { cause: error },
  );
}
