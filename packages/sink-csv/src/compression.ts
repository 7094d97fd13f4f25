import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PwalkError } from '@pwalk/core';
import { type Addon, loadAddon } from './addon.js';

export type Compression = 'none' | 'gzip' | 'zstd';

/** Compresses a chunk into something complete. The result is valid until the next call. */
export type Compress = (chunk: Uint8Array) => Promise<Uint8Array>;

/** What compression a file of that name is expected to have. */
export function compressionOf(path: string): Compression {
  if (/\.gz$/i.test(path)) return 'gzip';
  return /\.zst$/i.test(path) ? 'zstd' : 'none';
}

/**
 * Makes compressors, one for each chunk that is compressed at the same time; they work on threads of
 * libuv's pool. Every chunk is a gzip member (RFC 1952, section 2.2) or a zstd frame (RFC 8878,
 * section 3) of its own, and one after the other they are a file that any reader takes.
 * @throws PwalkError `PWALK_NATIVE_UNAVAILABLE` for zstd where the addon cannot be loaded
 */
export function compressors(compression: Compression, level: number): () => Compress {
  switch (compression) {
    case 'none':
      return () => async (chunk) => chunk;
    case 'gzip': {
      const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);
      return () => (chunk) => compress(chunk, { level });
    }
    case 'zstd': {
      const addon = loadAddon();
      if (!(addon instanceof PwalkError)) return () => zstd(addon, level);
      throw new PwalkError(
        addon.code,
        'zstd needs the native part of the CSV sink, which cannot be loaded here; use gzip.',
        { cause: addon.cause },
      );
    }
  }
}

function zstd(addon: Addon, level: number): Compress {
  const compressor = new addon.Zstd(level);
  let frame = Buffer.alloc(0);
  return async (chunk) => {
    const bound = compressor.bound(chunk.length);
    if (frame.length < bound) frame = Buffer.allocUnsafeSlow(bound);
    return frame.subarray(0, await compressor.compress(chunk, frame));
  };
}
