/** Bytes from which on a call into native code costs less than a loop; to copy, it makes a view besides. */
const LONG = 128;
const LONG_COPY = 512;

/** Bytes compared at once where it matters how many are the same. */
const BLOCK = 1024;

/** Less than 0 where `a` comes before `b`, in the order of their bytes; 0 where they are the same. */
export function compareBytes(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): number {
  const most = Math.min(aEnd - aStart, bEnd - bStart);
  if (most > LONG) return a.compare(b, bStart, bEnd, aStart, aEnd);
  for (let at = 0; at < most; at++) {
    const difference = a[aStart + at] - b[bStart + at];
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** Whether they are the same. Ends of paths differ sooner than their beginnings. */
export function sameBytes(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): boolean {
  const length = aEnd - aStart;
  if (bEnd - bStart !== length) return false;
  const least = Math.max(length - LONG, 0);
  for (let at = length - 1; at >= least; at--) if (a[aStart + at] !== b[bStart + at]) return false;
  return least === 0 || a.compare(b, bStart, bStart + least, aStart, aStart + least) === 0;
}

/** Copies bytes to `at` of another buffer. */
export function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > LONG_COPY) {
    from.copy(to, at, start, end);
    return;
  }
  for (let i = start; i < end; i++) to[at + i - start] = from[i];
}

/** The buffer, or a larger one with what is in its first `size` bytes, so that `more` fit behind them. */
export function withRoom(buffer: Buffer, size: number, more: number): Buffer {
  if (size + more <= buffer.length) return buffer;
  const grown = Buffer.allocUnsafeSlow(Math.max(size + more, Math.ceil(buffer.length * 1.5)));
  buffer.copy(grown, 0, 0, size);
  return grown;
}

/**
 * Bytes that are kept when the memory they were read from is used again: a key after its cursor has gone on,
 * the path of a directory after its batch. The memory is its own, and is used again too.
 */
export class KeptBytes {
  /** The first `length` are the bytes. */
  bytes: Buffer = Buffer.allocUnsafeSlow(256);
  length = 0;

  /** @param shared bytes at the beginning that are the same already */
  set(from: Buffer, start: number, end: number, shared = 0): void {
    const length = end - start;
    this.bytes = withRoom(this.bytes, shared, length - shared);
    copyBytes(from, start + shared, end, this.bytes, shared);
    this.length = length;
  }

  equals(other: Buffer, start: number, end: number): boolean {
    return sameBytes(this.bytes, 0, this.length, other, start, end);
  }

  /** How many bytes at the beginning of the others are the same. */
  sharedWith(other: Buffer, start: number, end: number): number {
    const { bytes } = this;
    const most = Math.min(this.length, end - start);
    let at = 0;
    while (at + BLOCK <= most) {
      const from = start + at;
      if (bytes.compare(other, from, from + BLOCK, at, at + BLOCK) !== 0) break;
      at += BLOCK;
    }
    while (at < most && bytes[at] === other[start + at]) at++;
    return at;
  }
}
