import { isUtf8 } from 'node:buffer';

/**
 * File names as text and back without loss, as Python's `os.fsdecode` and `os.fsencode` do it (PEP 383):
 * a byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 plus the byte.
 */
export function decodePath(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString();
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const length = validPrefix(buffer, at);
    if (length > 0) text += buffer.toString('utf8', at, at + length);
    at += length;
    if (at < buffer.length) text += String.fromCharCode(0xdc00 + buffer[at++]);
  }
  return text;
}

/**
 * The bytes of a path or name that `walk()` gave as text: what to hand to `node:fs` where names may not
 * be UTF-8.
 * @throws RangeError for a lone surrogate that stands for no byte
 */
export function encodePath(text: string): Buffer {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text);
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (isPair(text, at)) {
      at++;
      continue;
    }
    if (unit < 0xdc80 || unit > 0xdcff) {
      throw new RangeError(`U+${unit.toString(16).toUpperCase()} stands for no byte of a path`);
    }
    parts.push(Buffer.from(text.slice(from, at)), Buffer.of(unit & 0xff));
    from = at + 1;
  }
  parts.push(Buffer.from(text.slice(from)));
  return Buffer.concat(parts);
}

function isPair(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
}

/** Bytes of valid UTF-8 from `at` on: as far as the longest run of whole sequences goes. */
function validPrefix(buffer: Buffer, at: number): number {
  let end = at;
  while (end < buffer.length) {
    const length = [1, 2, 3, 4].find(
      (size) => end + size <= buffer.length && isUtf8(buffer.subarray(end, end + size)),
    );
    if (length === undefined) break;
    end += length;
  }
  return end - at;
}
