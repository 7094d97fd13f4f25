/** What is made up of an inode; the same for every name of it. */

export const HALF = 2 ** 32;

/** 2020-01-01, in microseconds. */
const FIRST = 1_577_836_800_000_000;
/** Seconds in which files were written: some four years. */
const SPAN = 2 ** 27;

/** The size of a file in bytes: most are small, few have megabytes. @param low half of its inode */
export function sizeOf(low: number, high: number): number {
  const random = scatter(low ^ (high << 30));
  return random >>> (8 + (random & 15));
}

/** When an entry was changed last, in microseconds since 1970. */
export function timeOf(low: number, high: number): number {
  return FIRST + (scatter(low + high) % SPAN) * 1_000_000;
}

/** Numbers that follow each other, no longer in order (the end of MurmurHash3). */
function scatter(number: number): number {
  let bits = number;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
