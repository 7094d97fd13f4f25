import { definePlugin, type EntryBatch, type Field, NumberColumn } from 'pwalk';
import { z } from 'zod';

const options = z.object({
  /** Bytes an entry must have. */
  least: z.int().min(0).default(0),
});

const sizeLog2: Field = {
  name: 'size_log2',
  type: 'uint32',
  nullable: false,
  description: 'Binary digits of the size: 0 for 0 bytes, 11 for 1024',
};

/** Keeps large entries, then adds the column. No row becomes an object. */
function map(batch: EntryBatch, least: bigint): EntryBatch | null {
  const { values: sizes } = batch.column('size');
  const mask = new Uint8Array(batch.length);
  for (let row = 0; row < mask.length; row++) mask[row] = (sizes[row] ?? 0n) >= least ? 1 : 0;
  const kept = batch.select(mask);
  if (kept.length === 0) return null;
  const { values } = kept.column('size');
  const logs = new Uint32Array(kept.length);
  for (let row = 0; row < logs.length; row++) logs[row] = binaryDigits(values[row] ?? 0n);
  return kept.with(new Map([[sizeLog2, new NumberColumn('uint32', logs)]]));
}

function binaryDigits(size: bigint): number {
  const high = Number(size >> 32n);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(Number(size & 0xffffffffn));
}

export default definePlugin({
  name: '__name__',
  kind: 'filter',
  pwalk: '^__version__',
  options,
  capabilities: { columns: ['size'], adds: [sizeLog2], releases: true },
  create: ({ least }) => ({ map: (batch) => map(batch, BigInt(least)) }),
});
