import { createRequire } from 'node:module';
import { PwalkError } from '@pwalk/core';

/** One buffer of a column as the addon takes it; see `cpp/napi/rfc4180.hpp`. */
export type Part = NodeJS.TypedArray | null;

/** What part of a batch went into a chunk. */
export interface Encoded {
  /** The row that did not fit, or the number of rows. */
  readonly next: number;
  readonly printed: number;
  readonly altered: number;
  readonly bytes: number;
}

export interface AddonEncoder {
  encode(rows: number, parts: readonly Part[], row: number, chunk: Uint8Array): Promise<Encoded>;
}

export interface AddonZstd {
  bound(bytes: number): number;
  compress(chunk: Uint8Array, frame: Uint8Array): Promise<number>;
}

export interface AddonOutput {
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface Addon {
  readonly DeyEncoder: new (options: {
    readonly slashRoots: readonly Uint8Array[];
    readonly printedStates: Uint8Array;
  }) => AddonEncoder;
  readonly Rfc4180Encoder: new (options: {
    readonly columns: readonly { readonly type: number; readonly words: readonly string[] }[];
    readonly delimiter: string;
    readonly quoting: number;
    readonly safe: boolean;
  }) => AddonEncoder;
  readonly Zstd: new (level: number) => AddonZstd;
  readonly Output: new (fd: number) => AddonOutput;
}

let loaded: Addon | PwalkError | undefined;

/** The addon, or why there is none here. */
export function loadAddon(): Addon | PwalkError {
  loaded ??= load();
  return loaded;
}

function load(): Addon | PwalkError {
  try {
    // The one place where the addon's shape is stated; the tests hold it to that.
    return createRequire(import.meta.url)('@pwalk/sink-csv/build/pwalk_csv.node') as Addon;
  } catch (cause) {
    return new PwalkError(
      'PWALK_NATIVE_UNAVAILABLE',
      'The native part of the CSV sink cannot be loaded here.',
      { cause },
    );
  }
}
