import { isUtf8 } from 'node:buffer';

/** Length of the valid UTF-8 sequence at `at` (Unicode 15, table 3-7), 0 when there is none. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const size = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (size === 0 || at + size > bytes.length) return 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (bytes[at + 1] < low || bytes[at + 1] > high) return 0;
  for (let i = 2; i < size; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  return size;
}

/**
 * A file name as text, and whether the text is exact. Bytes that are not UTF-8 become `\xHH`, all
 * else stays as it is: the display form of the columns `path`, `name` and `ext`.
 */
export function decodeName(bytes: Uint8Array): { readonly text: string; readonly exact: boolean } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return { text: buffer.toString('utf8'), exact: true };
  return { text: decodeParts(buffer, (valid) => valid), exact: false };
}

/** Valid runs through `valid`, every other byte as `\xHH`. */
export function decodeParts(bytes: Buffer, valid: (text: string) => string): string {
  let result = '';
  let run = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceLength(bytes, at);
    if (size > 0) {
      at += size;
      continue;
    }
    result += valid(bytes.toString('utf8', run, at));
    result += `\\x${bytes[at].toString(16).padStart(2, '0')}`;
    at += 1;
    run = at;
  }
  return result + valid(bytes.toString('utf8', run));
}
