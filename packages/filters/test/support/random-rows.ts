import { BatchBuilder, defaultEntrySchema, type EntryBatch, entryTypes } from '@pwalk/core';
import { Random } from './random.js';

export type Row = Readonly<Record<string, string | number | bigint | boolean | Uint8Array | null>>;

/** Sizes and inodes around every boundary that a shortcut could get wrong. */
const wide = [0, 1, 12, 31, 32, 33, 52, 53, 54, 62, 63, 64]
  .flatMap((bits) => [2n ** BigInt(bits) - 1n, 2n ** BigInt(bits), 2n ** BigInt(bits) + 1n])
  .filter((value) => value < 2n ** 64n);
const times = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n, 1_700_000_000_000_000n, 2n ** 53n + 1n, 2n ** 62n]
  .flatMap((value) => [value, -value, value + 1n])
  .filter((value) => value >= -(2n ** 63n) && value < 2n ** 63n);

const names = ['a.bam', 'b.fastq', 'core.1', 'README', 'naïve.txt', '日本', 'raw-\\xff', 'a b', ''];
const exts = ['bam', 'fastq', 'txt', '', 'gz'];

/** Rows of the entries table in which anything that may be null often is. */
export function randomRows(seed: number, count: number): Row[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const failed = random.oneIn(5);
    const maybe = <T>(value: T): T | null => (failed || random.oneIn(8) ? null : value);
    const type = random.of(entryTypes);
    const nlink = random.of([1, 2, 3, 4_294_967_295]);
    const name = random.of(names);
    return {
      path: random.of(['/d/', '/d/e/', '/']) + name,
      path_raw: null,
      name,
      ext: random.of(exts),
      type,
      inode: maybe(random.of(wide)),
      parent_inode: random.of(wide),
      dev: maybe(random.of(wide)),
      depth: random.of([-1, 0, 1, 2, 2_147_483_647]),
      mode: maybe(random.of([0o100644, 0o40777, 0o120777, 0o104755, 0o102070, 4_294_967_295])),
      uid: maybe(random.of([0, 1, 1000, 4_294_967_294])),
      gid: maybe(random.of([0, 1, 1000, 4_294_967_294])),
      size: maybe(random.of(wide)),
      blocks: maybe(random.of(wide)),
      nlink: maybe(nlink),
      is_hardlink: maybe(nlink > 1),
      atime: maybe(random.of(times)),
      mtime: maybe(random.of(times)),
      ctime: maybe(random.of(times)),
      btime: maybe(random.of(times)),
      file_count: maybe(random.of(wide)),
      dir_sum: maybe(random.of(wide)),
      state: random.of(['ok', 'denied', 'error']),
      errno: failed ? 13 : null,
    };
  });
}

export function batchOf(rows: readonly Row[]): EntryBatch {
  const builder = new BatchBuilder(defaultEntrySchema);
  for (const row of rows) builder.append(row);
  return builder.finish();
}
