/**
 * What is known of one directory, as the words of a record: of its own row, and of the entries in it that
 * are no directories. Records of one directory may be many, of batches and parts in any order; together they
 * come to the same.
 */
export const word = {
  /** Rows of the directory itself: 0 where a filter has taken it out, 2 where a root was given twice. */
  rows: 0,
  files: 1,
  /** Of entries with one name. */
  bytes: 2,
  /** Of entries with several, each counted. */
  linkedBytes: 3,
  /** The same of blocks; those of directories are among the first. */
  blocks: 4,
  linkedBlocks: 5,
  /** Of entries with several names, counted at their first. */
  primaryBytes: 6,
  primaryBlocks: 7,
  /** Entries the listing of the directory had. */
  listed: 8,
  /** Directories whose paths are too long for totals of their own. */
  deepDirectories: 9, // In a tree: all below it.
  /** A time, so that it compares without a sign and 0 is none; see `setTime`. */
  newestMtime: 10,
  newestAtime: 11,
  /** Slashes at the end of a root's path. */
  slashes: 12,
  flags: 13,
} as const;

export const WORDS = 14;

/** Words that are added up; then come those of which the greatest counts, then bits. */
const SUMS = 10;

export const flag = { incomplete: 1, leftOut: 2 } as const;

const HALF = 2 ** 32;

/**
 * Adds records of one directory: sums end at what 64 bits hold. Words are in halves, the lower first, so that
 * no BigInt is made for any of them.
 * @param at half of `to` at which the record begins; `fromAt` of `from`
 */
export function addTotals(to: Uint32Array, from: Uint32Array, at = 0, fromAt = 0): void {
  for (let i = 0; i < 2 * SUMS; i += 2) {
    const low = from[fromAt + i];
    const high = from[fromAt + i + 1];
    if (low !== 0 || high !== 0) addWord(to, at + i, low, high);
  }
  for (let i = 2 * SUMS; i < 2 * word.flags; i += 2) {
    const low = from[fromAt + i];
    const high = from[fromAt + i + 1];
    if (high < to[at + i + 1] || (high === to[at + i + 1] && low <= to[at + i])) continue;
    to[at + i] = low;
    to[at + i + 1] = high;
  }
  to[at + 2 * word.flags] |= from[fromAt + 2 * word.flags];
}

/**
 * Adds to one word.
 * @param at its lower half
 * @param low less than 2^53, as a sum of lower halves is
 * @param high the same
 */
export function addWord(to: Uint32Array, at: number, low: number, high: number): void {
  const lower = to[at] + low;
  const upper = to[at + 1] + high + Math.floor(lower / HALF);
  to[at] = upper < HALF ? lower : 0xffff_ffff;
  to[at + 1] = upper < HALF ? upper : 0xffff_ffff;
}

/**
 * Sets a word to a time in microseconds, given in halves: so that words compare as times do, and 0 is none.
 * @param high the upper half, with its sign
 */
export function setTime(to: Uint32Array, at: number, low: number, high: number): void {
  to[at] = low;
  to[at + 1] = high ^ 0x8000_0000;
  if (to[at] === 0 && to[at + 1] === 0) to[at] = 1;
}
