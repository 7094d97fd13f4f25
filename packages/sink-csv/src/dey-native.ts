import type { Addon } from './addon.js';
import { deyColumns, printedStates } from './dey-columns.js';
import { NativeEncoder } from './native-encoder.js';

/** Rows as pwalk 3.0 prints them. */
export function nativeDeyEncoder(
  addon: Addon,
  slashRoots: readonly Uint8Array[],
  chunkBytes: number,
): NativeEncoder {
  const encoder = new addon.DeyEncoder({ slashRoots, printedStates });
  return new NativeEncoder(encoder, deyColumns, chunkBytes);
}
