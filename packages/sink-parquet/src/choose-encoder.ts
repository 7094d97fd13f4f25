import type { SinkContext } from '@pwalk/core';
import type { OpenEncoder } from './encoder.js';
import { encoderMemory, USUAL_LANES } from './memory-shares.js';
import { type NativeTuning, nativeEncoder } from './native-encoder.js';

/**
 * The encoder asked for: `auto` is the native one where the addon loads, else parquet-wasm, with a warning.
 * @throws PwalkError `PWALK_NATIVE_UNAVAILABLE`
 */
export async function chooseEncoder(
  wanted: 'auto' | 'native' | 'wasm',
  ctx: SinkContext,
  tuning: Partial<NativeTuning> = {},
): Promise<OpenEncoder> {
  if (wanted !== 'wasm') {
    const { lanes = USUAL_LANES } = tuning;
    const native = nativeEncoder({ ...encoderMemory(ctx.memory, lanes), ...tuning });
    if (typeof native === 'function') return native;
    if (wanted === 'native') throw native;
    ctx.warn(`${native.message} Using parquet-wasm, which takes about eight times as long.`);
  }
  const { openWasmEncoder } = await import('./wasm-encoder.js');
  return openWasmEncoder;
}
