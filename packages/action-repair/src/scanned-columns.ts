import type {
  BigIntColumn,
  BinaryColumn,
  DictionaryColumn,
  EntryBatch,
  Utf8Column,
} from '@pwalk/core';

/** What the planner reads of a scan. */
export const plannedColumns = [
  'path',
  'path_raw',
  'type',
  'inode',
  'dev',
  'depth',
  'mode',
  'uid',
  'gid',
  'nlink',
  'state',
  'mnt_id',
] as const;

/** The columns of a batch, as loops read them: those of 64 bits as pairs of 32, low half first. */
export interface ScannedColumns {
  readonly path: Utf8Column;
  readonly pathRaw: BinaryColumn;
  readonly type: DictionaryColumn;
  readonly state: DictionaryColumn;
  readonly mount: BigIntColumn;
  readonly mountPairs: Uint32Array;
  readonly dev: Uint32Array;
  readonly inode: Uint32Array;
  readonly mode: ArrayLike<number>;
  readonly uid: ArrayLike<number>;
  readonly gid: ArrayLike<number>;
  readonly nlink: ArrayLike<number>;
  readonly depth: ArrayLike<number>;
}

export function scannedColumns(batch: EntryBatch): ScannedColumns {
  const mount = batch.column('mnt_id');
  return {
    path: batch.column('path'),
    pathRaw: batch.column('path_raw'),
    type: batch.column('type'),
    state: batch.column('state'),
    mode: batch.column('mode').values,
    uid: batch.column('uid').values,
    gid: batch.column('gid').values,
    nlink: batch.column('nlink').values,
    depth: batch.column('depth').values,
    mount,
    mountPairs: pairsOf(mount),
    dev: pairsOf(batch.column('dev')),
    inode: pairsOf(batch.column('inode')),
  };
}

function pairsOf({ values }: BigIntColumn): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

export function bigintAt(pairs: Uint32Array, row: number): bigint {
  return (BigInt(pairs[row * 2 + 1]) << 32n) | BigInt(pairs[row * 2]);
}

/** Compares with a number of 64 bits, without making one of every row. */
export function equals(number: bigint): (pairs: Uint32Array, row: number) => boolean {
  const low = Number(number & 0xffff_ffffn);
  const high = Number(number >> 32n);
  return (pairs, row) => pairs[row * 2] === low && pairs[row * 2 + 1] === high;
}
