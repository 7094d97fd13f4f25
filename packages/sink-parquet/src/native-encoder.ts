import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { type Column, type EntryBatch, type Field, PwalkError } from '@pwalk/core';
import { columnLayout } from './column-layout.js';
import type { EncoderSettings, OpenEncoder, ParquetEncoder, WrittenFile } from './encoder.js';
import { type EncoderMemory, USUAL_LANES } from './memory-shares.js';

/** One column as the addon takes it: three buffers, see `cpp/napi/arguments.hpp`. */
type Part = NodeJS.TypedArray | null;

interface Addon {
  readonly Encoder: new (fd: number, options: object) => AddonEncoder;
  /** Has the C library give freed memory back to the system at once, in this process and for good. */
  keepHeapSmall(): void;
}

interface AddonEncoder {
  /** Resolves when it can take another batch; calls `done` when it has read this one. */
  write(rows: number, parts: readonly Part[], done: () => void): Promise<void>;
  finish(metadata: readonly (readonly [string, string])[]): Promise<WrittenFile>;
  abort(): Promise<unknown>;
}

/** What tests make small. */
export interface NativeTuning {
  readonly lanes: number;
  readonly pageRows: number;
  readonly dictionaryEntries: number;
}

const defaults: NativeTuning & EncoderMemory = {
  lanes: USUAL_LANES,
  pageRows: 32_768,
  dictionaryEntries: 65_536,
  pageBytes: 16 * 1024 * 1024,
  rowGroupBytes: 128 * 1024 * 1024,
  isHeapSmall: false,
};

/** Milliseconds that `abort` waits for the lanes. */
const abortPatience = 2_000;

let addon: Addon | Error | undefined;

function loadAddon(): Addon | Error {
  try {
    // The one place where the addon's shape is stated; test/native-encoder.test.ts holds it to that.
    return createRequire(import.meta.url)('@pwalk/sink-parquet/build/pwalk_parquet.node') as Addon;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What opens native encoders, or why there are none here. */
export function nativeEncoder(
  tuning: Partial<NativeTuning & EncoderMemory> = {},
): OpenEncoder | PwalkError {
  addon ??= loadAddon();
  if (addon instanceof Error) {
    return new PwalkError(
      'PWALK_NATIVE_UNAVAILABLE',
      'The native Parquet encoder cannot be loaded here.',
      { cause: addon },
    );
  }
  const { Encoder, keepHeapSmall } = addon;
  return async (settings) => {
    if (tuning.isHeapSmall) keepHeapSmall();
    return new NativeEncoder(
      settings,
      new Encoder(settings.output.fd, {
        columns: settings.schema.fields.map((field) => ({
          name: field.name,
          type: field.type,
          nullable: field.nullable,
          layout: columnLayout(field),
          words: field.values ?? [],
        })),
        codec: settings.compression,
        level: settings.level,
        rowGroupRows: settings.rowGroupRows,
        createdBy: settings.createdBy,
        ...defaults,
        ...tuning,
      }),
    );
  };
}

/** Hands the memory of batches to the addon's threads, which encode and write beside the walk. */
class NativeEncoder implements ParquetEncoder {
  readonly #settings: EncoderSettings;
  readonly #encoder: AddonEncoder;

  constructor(settings: EncoderSettings, encoder: AddonEncoder) {
    this.#settings = settings;
    this.#encoder = encoder;
  }

  async write(batch: EntryBatch): Promise<void> {
    const parts = this.#settings.schema.fields.flatMap((field) =>
      partsOf(field, batch.column(field.name)),
    );
    // Lanes go on reading after the write is resolved; the addon calls this once none does.
    const letGo = batch.hold();
    let written: Promise<void>;
    try {
      written = this.#encoder.write(batch.length, parts, letGo);
    } catch (error) {
      letGo();
      throw error;
    }
    await written.catch(this.#rethrow);
  }

  async finish(metadata: ReadonlyMap<string, string>): Promise<WrittenFile> {
    const written = await this.#encoder.finish([...metadata]).catch(this.#rethrow);
    this.#settings.output.wrote(written.bytes);
    return written;
  }

  /** A lane that is stuck in the kernel is not waited for: it writes to a descriptor of its own. */
  async abort(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      this.#encoder.abort(),
      setTimeout(abortPatience, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
  }

  readonly #rethrow = (error: unknown): never => {
    throw this.#failure(error);
  };

  /** The addon's errors are errnos; EBADMSG for a batch whose buffers contradict each other. */
  #failure(error: unknown): unknown {
    if (!(error instanceof Error) || !('errno' in error)) return error;
    const errno = Number(error.errno);
    const code = errnoName(errno);
    if (code === 'EBADMSG') {
      return new PwalkError(
        'PWALK_SCHEMA_INVALID',
        'A batch has a column whose offsets, codes or lengths do not fit its rows.',
      );
    }
    // As Node's own errors have it: the name, and the number negated.
    const cause = Object.assign(new Error(`${code}: ${error.message}`), { code, errno: -errno });
    return this.#settings.output.failure(cause);
  }
}

/** `ENOSPC` for 28. The names libuv knows leave out some that writes fail with, as EDQUOT. */
function errnoName(errno: number): string {
  const known = Object.entries(constants.errno).find(([, value]) => value === errno);
  return known?.[0] ?? `errno ${errno}`;
}

function partsOf(field: Field, column: Column): [Part, Part, Part] {
  const validity = validityOf(field, column);
  switch (column.type) {
    case 'utf8':
    case 'binary':
      return [validity, column.offsets, column.bytes];
    case 'bool':
      return [validity, column.bits, null];
    case 'dictionary':
      return [validity, column.codes, null];
    default:
      return [validity, column.values, null];
  }
}

/** The nulls of a column; a column that must not have any may still come with a bitmap of ones. */
function validityOf(field: Field, column: Column): Uint8Array | null {
  if (field.nullable || column.validity === null) return column.validity;
  for (let row = 0; row < column.length; row++) {
    if (column.isNull(row)) {
      throw new PwalkError(
        'PWALK_SCHEMA_INVALID',
        `Column "${field.name}" of a batch has a null, and its schema says it has none.`,
      );
    }
  }
  return null;
}
