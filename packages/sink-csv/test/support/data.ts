import {
  BatchBuilder,
  defaultEntrySchema,
  type EntryBatch,
  type EntrySchema,
  entryStates,
  entryTypes,
  type Value,
} from '@pwalk/core';

export type Row = Record<string, Value>;
type Random = (below: number) => number;

/** The same sequence for the same seed, on every machine (mulberry32). */
export function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export function batchOf(
  rows: readonly Row[],
  schema: EntrySchema = defaultEntrySchema,
): EntryBatch {
  const builder = new BatchBuilder(schema);
  for (const row of rows) builder.append(row);
  return builder.finish();
}

/** A row of an ordinary file, with `values` instead of its own. */
export function fileRow(values: Row = {}): Row {
  return {
    path: '/data/file.txt',
    path_raw: null,
    name: 'file.txt',
    ext: 'txt',
    type: 'file',
    inode: 12n,
    parent_inode: 2n,
    dev: 65_024n,
    depth: 0,
    mode: 0o100644,
    uid: 1000,
    gid: 100,
    size: 5n,
    blocks: 8n,
    nlink: 1,
    is_hardlink: false,
    atime: 1_700_000_000_999_999n,
    mtime: 1_600_000_000_000_000n,
    ctime: 1_500_000_000_000_001n,
    btime: null,
    file_count: null,
    dir_sum: null,
    state: 'ok',
    errno: null,
    ...values,
  };
}

const pieces = [
  '/',
  '.',
  '"',
  '""',
  '\n',
  '\r',
  '\x01',
  ',',
  ';',
  ' ',
  '\\',
  'a',
  'file',
  'é',
  '日本',
  '-',
  '=',
];

function randomText(random: Random, most: number): string {
  return Array.from({ length: random(most) }, () => pieces[random(pieces.length)]).join('');
}

/** Numbers of 64 bits, small, large and at the edges. */
function random64(random: Random): bigint {
  const edges = [0n, 1n, 2n ** 63n, 2n ** 63n - 1n, 2n ** 64n - 1n];
  return random(5) === 0
    ? edges[random(edges.length)]
    : BigInt(random(2 ** 31)) ** BigInt(random(2) + 1);
}

/** Microseconds, in seconds around 1970, between the years 1 and 9999, or anywhere. */
export function randomTime(random: Random): bigint {
  const edges = [0n, -1n, 1n, -1_000_000n, -(2n ** 63n), 2n ** 63n - 1n];
  switch (random(4)) {
    case 0:
      return edges[random(edges.length)];
    case 1:
      return BigInt(random(10_000_000) - 5_000_000);
    default:
      return (BigInt(random(2 ** 31)) - 2n ** 29n) * 1_000_000n + BigInt(random(1_000_000));
  }
}

/** A row of everything a row may hold. */
export function randomRow(random: Random): Row {
  const failed = random(8) === 0;
  const directory = random(3) === 0;
  const stat = <T extends Value>(value: T): T | null => (failed ? null : value);
  return {
    path: `/data/${randomText(random, 20)}`,
    path_raw: random(4) === 0 ? Buffer.from(`/data/\xe9${randomText(random, 20)}`, 'latin1') : null,
    name: randomText(random, 5),
    ext: randomText(random, 3),
    type: entryTypes[random(entryTypes.length)],
    inode: stat(random64(random)),
    parent_inode: random64(random),
    dev: stat(random64(random)),
    depth: random(6) - 1,
    mode: stat((directory ? 0o40000 : [0o100000, 0o120000, 0o10000][random(3)]) | random(0o10000)),
    uid: stat(random(2) === 0 ? 2 ** 32 - 1 - random(3) : random(5000)),
    gid: stat(random(5000)),
    size: stat(random64(random)),
    blocks: stat(random64(random)),
    nlink: stat(random(2) === 0 ? 2 ** 32 - 1 - random(3) : random(5)),
    is_hardlink: stat(random(2) === 0),
    atime: stat(randomTime(random)),
    mtime: stat(randomTime(random)),
    ctime: stat(randomTime(random)),
    btime: random(2) === 0 ? null : randomTime(random),
    file_count: directory ? random64(random) : null,
    dir_sum: directory ? random64(random) : null,
    state: random(2) === 0 ? 'ok' : entryStates[random(entryStates.length)],
    errno: failed ? random(130) : null,
  };
}
