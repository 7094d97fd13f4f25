import type { Utf8Column } from '@pwalk/core';

/** Texts of one length are compared one by one up to this many; more are looked up in a set. */
const FEW = 8;

/** Clears the bytes of `mask` at rows whose text is not among `texts`, or, with `isIn` false, is. */
export function compareTexts(
  texts: ReadonlySet<string>,
  isIn: boolean,
): (column: Utf8Column, mask: Uint8Array) => void {
  const byLength = new Map<number, Buffer[]>();
  for (const text of texts) {
    const bytes = Buffer.from(text);
    byLength.set(bytes.length, [...(byLength.get(bytes.length) ?? []), bytes]);
  }
  const known = new Set([...byLength.values()].flat().map((bytes) => bytes.toString('latin1')));
  return (column, mask) => {
    const { offsets, bytes } = column;
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let row = 0; row < mask.length; row++) {
      if (mask[row] === 0) continue;
      const start = offsets[row];
      const end = offsets[row + 1];
      const candidates = byLength.get(end - start);
      const found =
        candidates !== undefined &&
        (candidates.length > FEW
          ? known.has(all.toString('latin1', start, end))
          : candidates.some((candidate) => isAt(bytes, start, candidate)));
      mask[row] = +(found === isIn);
    }
  };
}

/** Clears the bytes of `mask` at rows whose two texts are not the same, or, with `isSame` false, are. */
export function compareTextColumns(
  left: Utf8Column,
  right: Utf8Column,
  isSame: boolean,
  mask: Uint8Array,
): void {
  for (let row = 0; row < mask.length; row++) {
    const text = right.bytesAt(row);
    const length = left.offsets[row + 1] - left.offsets[row];
    const found = length === text.length && isAt(left.bytes, left.offsets[row], text);
    mask[row] &= +(found === isSame);
  }
}

const SLASH = 0x2f;

/**
 * Clears the bytes of `mask` at rows whose text is not `before`, anything without a slash, `after`;
 * or, with `matches` false, is.
 */
export function matchAround(
  { before, after }: { readonly before: string; readonly after: string },
  matches: boolean,
): (column: Utf8Column, mask: Uint8Array) => void {
  const first = Buffer.from(before);
  const last = Buffer.from(after);
  const least = first.length + last.length;
  const tail = tailOf(last);
  const more = first.length > 0 || last.length > TAIL;
  return ({ offsets, bytes }, mask) => {
    const rows = mask.length;
    // Names hold no slash: looked for once in all of them, it need not be in each.
    const slashes = mayHoldSlash(bytes, offsets[0], offsets[rows]);
    for (let row = 0; row < rows; row++) {
      if (mask[row] === 0) continue;
      const start = offsets[row];
      const end = offsets[row + 1];
      // No branch for what is so at one row and not at the next: a wrong guess costs more than the rest.
      let found = +(end - start >= least) & +(((wordAt(bytes, end) ^ tail.word) & tail.bits) === 0);
      if ((more || slashes) && found !== 0) {
        found =
          +isAt(bytes, end - last.length, last) &
          +isAt(bytes, start, first) &
          +!(slashes && holdsSlash(bytes, start + first.length, end - last.length));
      }
      mask[row] = +((found !== 0) === matches);
    }
  };
}

/** Bytes at the end of a text that are compared at once. */
const TAIL = 4;

/** The last of them as one number, and which of its bits count. */
function tailOf(text: Uint8Array): { readonly word: number; readonly bits: number } {
  const padded = new Uint8Array(TAIL + text.length);
  padded.set(text, TAIL);
  const bits = text.length >= TAIL ? -1 : ~(-1 << (8 * text.length));
  return { word: wordAt(padded, padded.length), bits };
}

/** The four bytes before `end`, those before the first as zeros. */
function wordAt(bytes: Uint8Array, end: number): number {
  if (end < TAIL) {
    let word = 0;
    for (let at = 0; at < end; at++) word = (word << 8) | bytes[at];
    return word;
  }
  const high = (bytes[end - 4] << 24) | (bytes[end - 3] << 16);
  return high | (bytes[end - 2] << 8) | bytes[end - 1];
}

function mayHoldSlash({ buffer, byteOffset }: Uint8Array, start: number, end: number): boolean {
  return Buffer.from(buffer, byteOffset + start, end - start).includes(SLASH);
}

function holdsSlash(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === SLASH) return true;
  return false;
}

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}
