import { crc32 } from 'node:zlib';

/**
 * A record as it lies in the log: what it is recognized by, how long it is, and checksums of both, so
 * that one that a crash tore off is told from one that was damaged. docs/specs/scan-directory.md.
 */

const MAGIC = Buffer.from('PWLK');
const HEADER_BYTES = 20;

/** A whole record. */
export interface Frame {
  readonly start: number;
  readonly end: number;
  readonly payload: Buffer;
}

/**
 * A record as it is written: the header, and the parts of the payload as they are, which may be large.
 * @returns the pieces, one after the other
 */
export function frameOf(payload: readonly Uint8Array[]): readonly Uint8Array[] {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeBigUInt64LE(BigInt(lengthOf(payload)), 4);
  header.writeUInt32LE(
    payload.reduce((checksum, part) => crc32(part, checksum), 0),
    12,
  );
  header.writeUInt32LE(crc32(header.subarray(0, 16)), 16);
  return [header, ...payload];
}

export function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The record that begins there; null where none does, or not all of it is there as it was written. */
export function frameAt(log: Buffer, start: number): Frame | null {
  const header = log.subarray(start, start + HEADER_BYTES);
  if (header.length < HEADER_BYTES || !header.subarray(0, 4).equals(MAGIC)) return null;
  if (header.readUInt32LE(16) !== crc32(header.subarray(0, 16))) return null;
  const end = start + HEADER_BYTES + Number(header.readBigUInt64LE(4));
  if (end > log.length) return null;
  const payload = log.subarray(start + HEADER_BYTES, end);
  return header.readUInt32LE(12) === crc32(payload) ? { start, end, payload } : null;
}

/** The first whole record that begins behind a place. */
export function frameAfter(log: Buffer, place: number): Frame | null {
  for (let at = log.indexOf(MAGIC, place); at >= 0; at = log.indexOf(MAGIC, at + 1)) {
    const frame = frameAt(log, at);
    if (frame !== null) return frame;
  }
  return null;
}
