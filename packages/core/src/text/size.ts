import { PwalkError } from '../errors/pwalk-error.js';

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
  t: 2 ** 40,
  tib: 2 ** 40,
  tb: 1e12,
};

/**
 * Bytes of a size as people write it: `64MB` is 64,000,000, `64MiB` and `64M` are 67,108,864.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function parseSize(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = units[unit?.toLowerCase() ?? ''];
  const bytes = Math.floor(Number(number) * (factor ?? Number.NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `"${text}" is not a size; write it as 512MiB, 2GB or a number of bytes.`,
    );
  }
  return bytes;
}

/** A size for people: `1.9 GiB`. */
export function formatSize(bytes: number | bigint): string {
  let value = Number(bytes);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB']) {
    if (value < 1024) return `${unit === 'B' ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} PiB`;
}
