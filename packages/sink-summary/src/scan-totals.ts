import { endianness } from 'node:os';
import { type BigIntColumn, type EntryBatch, entryTypes } from '@pwalk/core';
import { Groups, NO_KEY } from './groups.js';
import { Histogram } from './histogram.js';

/** What has to be known of an entry. */
export const summarizedColumns = [
  'type',
  'size',
  'blocks',
  'uid',
  'gid',
  'owner',
  'group',
  'ext',
  'mtime',
  'atime',
] as const;

const KiB = 1024;
const DAY = 86_400;
const sizeBounds = [0, 4 * KiB, 64 * KiB, KiB ** 2, 16 * KiB ** 2, 256 * KiB ** 2, KiB ** 3].concat(
  [16 * KiB ** 3, 256 * KiB ** 3, KiB ** 4],
);
/** In seconds. */
const ageBounds = [1, 7, 30, 90, 180, 365, 730, 1825, 3650].map((days) => days * DAY);

/** Extensions told apart: names are the users' choice, and memory is not. */
const MOST_EXTENSIONS = 65_536;
/** Accounts told apart. */
const MOST_ACCOUNTS = 1_000_000;

/** Bytes that fit a double as a number; no name holds a byte of 0, so none begins with one. */
const SHORT = 6;

const HIGH = endianness() === 'LE' ? 1 : 0;
const LOW = 1 - HIGH;

const FILE = entryTypes.indexOf('file');
const DIRECTORY = entryTypes.indexOf('directory');

/** Totals of a scan by type, owner, group, extension, size and age, of a few kilobytes each. */
export class ScanTotals {
  readonly types = new Groups<string>(entryTypes.length);
  readonly owners = new Groups<number>(MOST_ACCOUNTS);
  readonly groups = new Groups<number>(MOST_ACCOUNTS);
  readonly extensions = new Groups<string>(MOST_EXTENSIONS);
  readonly ownerNames = new Map<number, string>();
  readonly groupNames = new Map<number, string>();
  readonly sizes = new Histogram(sizeBounds);
  readonly ages = { mtime: new Histogram(ageBounds), atime: new Histogram(ageBounds) };
  readonly #now: number;
  readonly #shortExtensions = new Map<number, number>();

  constructor(startedAt: Date) {
    this.#now = startedAt.getTime() / 1000;
  }

  add(batch: EntryBatch): void {
    const { codes, words } = batch.column('type');
    const size = batch.column('size');
    const blocks = batch.column('blocks');
    const sizes = halves(size);
    const allocated = halves(blocks);
    const [mtime, atime] = [secondsOf(batch.column('mtime')), secondsOf(batch.column('atime'))];
    const ownerOf = this.#accounts(batch, 'uid', 'owner', this.owners, this.ownerNames);
    const groupOf = this.#accounts(batch, 'gid', 'group', this.groups, this.groupNames);
    const extensionOf = this.#extensions(batch);
    const typeSlots = words.map((word) => this.types.slotOf(word));
    for (let row = 0; row < batch.length; row++) {
      const code = codes[row];
      const isFile = code === FILE;
      const owner = ownerOf(row);
      const group = groupOf(row);
      const type = typeSlots[code];
      this.types.count(type);
      this.owners.count(owner);
      this.groups.count(group);
      const extension = isFile ? extensionOf(row) : NO_KEY;
      if (isFile) this.extensions.count(extension);
      if (!blocks.isNull(row)) {
        const high = allocated[row * 2 + HIGH];
        const low = allocated[row * 2 + LOW];
        this.types.addBlocks(type, high, low);
        this.owners.addBlocks(owner, high, low);
        this.groups.addBlocks(group, high, low);
        if (isFile) this.extensions.addBlocks(extension, high, low);
      }
      if (code === DIRECTORY || size.isNull(row)) continue;
      const high = sizes[row * 2 + HIGH];
      const low = sizes[row * 2 + LOW];
      this.types.addBytes(type, high, low);
      this.owners.addBytes(owner, high, low);
      this.groups.addBytes(group, high, low);
      if (!isFile) continue;
      this.extensions.addBytes(extension, high, low);
      this.sizes.add(high * 2 ** 32 + low, high, low);
      const changed = mtime(row);
      const read = atime(row);
      if (changed !== null) this.ages.mtime.add(Math.max(0, this.#now - changed), high, low);
      if (read !== null) this.ages.atime.add(Math.max(0, this.#now - read), high, low);
    }
  }

  /** The slot of each row's account; its name is read when it is met for the first time. */
  #accounts(
    batch: EntryBatch,
    id: 'uid' | 'gid',
    name: 'owner' | 'group',
    groups: Groups<number>,
    names: Map<number, string>,
  ): (row: number) => number {
    const ids = batch.column(id);
    const texts = batch.column(name);
    let last = -1;
    let slot = NO_KEY;
    return (row) => {
      if (ids.isNull(row)) return NO_KEY;
      const key = ids.values[row];
      if (key === last) return slot;
      last = key;
      slot = groups.slotOf(key);
      if (slot !== NO_KEY && !names.has(key)) names.set(key, texts.get(row) ?? '');
      return slot;
    };
  }

  /** The slot of each row's extension; short ones, as nearly all are, by their bytes as a number. */
  #extensions(batch: EntryBatch): (row: number) => number {
    const column = batch.column('ext');
    const { bytes, offsets } = column;
    return (row) => {
      const start = offsets[row];
      const end = offsets[row + 1];
      if (end - start > SHORT) return this.extensions.slotOf(column.get(row) ?? '');
      let key = 0;
      for (let at = start; at < end; at++) key = key * 256 + bytes[at];
      const known = this.#shortExtensions.get(key);
      if (known !== undefined) return known;
      const slot = this.extensions.slotOf(column.get(row) ?? '');
      if (slot !== NO_KEY) this.#shortExtensions.set(key, slot);
      return slot;
    };
  }
}

function halves({ values }: BigIntColumn): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Seconds since 1970, as near as a double gets; null where there is no time. */
function secondsOf(column: BigIntColumn): (row: number) => number | null {
  const { values } = column;
  const low = halves(column);
  const high = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  return (row) =>
    column.isNull(row) ? null : (high[row * 2 + HIGH] * 2 ** 32 + low[row * 2 + LOW]) / 1e6;
}
