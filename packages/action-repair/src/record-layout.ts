/**
 * The record in which changes go to the addon's threads and back, to the disk when a plan is large, and
 * from a plan file to be applied: little-endian, a multiple of 8 bytes, the path at its end. The layout
 * is that of cpp/core/change_record.hpp.
 */
export const recordLayout = {
  size: 0,
  path_length: 4,
  dev: 8,
  inode: 16,
  ctime_ns: 24,
  btime_ns: 32,
  mode: 40,
  uid: 44,
  gid: 48,
  nlink: 52,
  new_mode: 56,
  new_uid: 60,
  new_gid: 64,
  rules: 68,
  features: 72,
  depth: 76,
  status: 80,
  error: 84,
  got_mode: 88,
  got_uid: 92,
  got_gid: 96,
  checks: 100,
  widened: 104,
  handed_on: 108,
  path: 112,
} as const;

/** How work on a record ended; the order is that of `Status` in cpp/core/change_record.hpp. */
export const recordStatuses = [
  'pending',
  'ok',
  'done',
  'already',
  'stale',
  'vanished',
  'mount',
  'protected',
  'failed',
  'mismatch',
  'hardlink_outside',
] as const;
export type RecordStatus = (typeof recordStatuses)[number];

/** Bits of `features`: what an inode has besides owner, group and mode. */
export const features = {
  aclAccess: 1,
  aclDefault: 2,
  aclOther: 4,
  capability: 8,
  immutable: 16,
  appendOnly: 32,
} as const;

/** Bits of `checks`: what has to hold before a change, and what is still to be asked of it. */
export const checks = { ctime: 1, features: 2, partial: 4, awaitsGroup: 8 } as const;

/** The rules, by the bits of `rules`. */
export const ruleBits = {
  setgid: 1,
  group: 2,
  forceGroupWritable: 4,
  ensureGroupReadable: 8,
  owner: 16,
} as const;
export type Rule = keyof typeof ruleBits;

/** Bytes of a word: most fields are one, and records begin at multiples of two. */
export const WORD = 4;

/** The words of whole records. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length / WORD);
}
