import type {
  BigIntColumn,
  BinaryColumn,
  DictionaryColumn,
  EntryBatch,
  NumberColumn,
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

/** Values of a column of 32 bits. */
type Words = Int32Array | Uint32Array | Float64Array;

/**
 * The columns of a batch, as loops read them: those of 64 bits as pairs of 32, low half first. The addon
 * reads some of them by these names (`columns_from` in cpp/napi/tree.cpp).
 */
export interface ScannedColumns {
  /** Rows of each. */
  readonly length: number;
  readonly path: Utf8Column;
  readonly pathBytes: Uint8Array;
  readonly pathOffsets: Int32Array;
  readonly pathRaw: BinaryColumn;
  readonly rawPathBytes: Uint8Array;
  readonly rawPathOffsets: Int32Array;
  readonly type: DictionaryColumn;
  readonly state: DictionaryColumn;
  readonly mount: BigIntColumn;
  readonly mountPairs: Uint32Array;
  readonly dev: Uint32Array;
  readonly inode: Uint32Array;
  /** Null where the walk knows nothing but a name: then there is no mode or owner either. */
  readonly stat: NumberColumn;
  readonly mode: Words;
  readonly uid: Words;
  readonly gid: Words;
  readonly nlink: Words;
  readonly depth: Words;
}

export function scannedColumns(batch: EntryBatch): ScannedColumns {
  const mount = batch.column('mnt_id');
  const path = batch.column('path');
  const pathRaw = batch.column('path_raw');
  const stat = batch.column('mode');
  return {
    length: batch.length,
    path,
    pathBytes: path.bytes,
    pathOffsets: path.offsets,
    pathRaw,
    rawPathBytes: pathRaw.bytes,
    rawPathOffsets: pathRaw.offsets,
    type: batch.column('type'),
    state: batch.column('state'),
    stat,
    mode: stat.values,
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
