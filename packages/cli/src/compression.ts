/** How an output is compressed, with a level where the format has one: `zstd:3`. */
export type Compression = 'none' | 'lz4' | 'gzip' | 'zstd' | `gzip:${number}` | `zstd:${number}`;

export interface CompressionSettings {
  readonly compression: 'none' | 'lz4' | 'gzip' | 'zstd';
  readonly level?: number;
}

/** For sentences that say what is accepted. */
export const compressionsAccepted = 'none, lz4, gzip, gzip:1 to gzip:9, zstd, or zstd:1 to zstd:19';

const highestLevel = { none: 0, lz4: 0, gzip: 9, zstd: 19 } as const;

export function isCompression(value: unknown): value is Compression {
  return typeof value === 'string' && parse(value) !== null;
}

/** The parts of it. */
export function compressionSettings(compression: Compression): CompressionSettings {
  return parse(compression) ?? { compression: 'none' };
}

function parse(text: string): CompressionSettings | null {
  const [, name, digits] = /^(none|lz4|gzip|zstd)(?::(\d{1,2}))?$/.exec(text) ?? [];
  if (name !== 'none' && name !== 'lz4' && name !== 'gzip' && name !== 'zstd') return null;
  if (digits === undefined) return { compression: name };
  const level = Number(digits);
  return level < 1 || level > highestLevel[name] ? null : { compression: name, level };
}
