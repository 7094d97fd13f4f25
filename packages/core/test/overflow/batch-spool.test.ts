import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlabPool } from '../../src/batch/slab-pool.js';
import type { EntryBatch } from '../../src/index.js';
import { BatchSpool } from '../../src/overflow/batch-spool.js';
import { SegmentFile } from '../../src/overflow/segment-file.js';
import { everyColumn, everyColumnBatch } from '../support/every-column.js';

const MEBIBYTE = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

let directory = '';
let file: SegmentFile;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pwalk-spool-'));
});
afterEach(async () => {
  await file.close();
  rmSync(directory, { recursive: true });
});

async function spoolOf(limit = 8 * MEBIBYTE, reuses = true): Promise<BatchSpool> {
  file = await SegmentFile.open(directory, limit);
  return new BatchSpool(file, everyColumn, new SlabPool(reuses));
}

/** The file without a name, by a descriptor of this process. */
function nameless(): string {
  const found = readdirSync('/proc/self/fd').find((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory);
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('there is no file');
  return `/proc/self/fd/${found}`;
}

function sizeOfFile(): number {
  const fd = openSync(nameless(), 'r');
  const { size } = fstatSync(fd);
  closeSync(fd);
  return size;
}

/** Changes one byte of the file. */
function damage(position: number): void {
  const fd = openSync(nameless(), 'r+');
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, position);
  writeSync(fd, Buffer.of(byte[0] ^ 0x10), 0, 1, position);
  closeSync(fd);
}

/** What tells batches apart in these tests: how many rows, and the first. */
function look(batch: EntryBatch): unknown {
  return [batch.length, batch.row(0), batch.row(batch.length - 1)];
}

/** Numbers that look random, and are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

describe('batches on disk', () => {
  it.each([true, false])(
    'come back in order, however they come and go; memory used again: %s',
    async (reuses) => {
      const spool = await spoolOf(8 * MEBIBYTE, reuses);
      const random = numbers(7);
      const samples = Array.from({ length: 16 }, (_, at) => everyColumnBatch(1 + at * 130, at));
      const waiting: unknown[] = [];
      let put = 0;
      let largest = 0;
      for (let step = 0; step < 400; step++) {
        const batch = samples[random(samples.length)];
        const isPutting = random(2) === 0 && spool.hasRoomFor(batch);
        const writing = isPutting ? spool.put(batch) : null;
        // At the same time, of those that were there.
        if (waiting.length > 0 && random(2) === 0) {
          const back = await spool.take();
          expect(look(back)).toEqual(waiting.shift());
          spool.release(back);
        }
        await writing;
        if (isPutting) {
          waiting.push(look(batch));
          put++;
        }
        expect(spool.isEmpty).toBe(waiting.length === 0);
        largest = Math.max(largest, sizeOfFile());
      }
      while (!spool.isEmpty) expect(look(await spool.take())).toEqual(waiting.shift());
      const { bytes, peak } = spool.spooled;
      expect(spool.spooled.batches).toBe(put);
      // Many times what there is room for: it is used again.
      expect(bytes).toBeGreaterThan(2 * 8 * MEBIBYTE);
      expect(peak).toBeGreaterThan(MEBIBYTE);
      expect(largest).toBeGreaterThanOrEqual(peak);
      expect(largest).toBeLessThanOrEqual(8 * MEBIBYTE);
      await file.append(Buffer.alloc(1));
      expect(sizeOfFile()).toBe(1);
    },
  );

  it('have no name there', async () => {
    const spool = await spoolOf();
    await spool.put(everyColumnBatch(10));
    expect(readdirSync(directory)).toEqual([]);
  });

  it('take no more room than they may', async () => {
    const spool = await spoolOf(MEBIBYTE);
    const batch = everyColumnBatch(300);
    let put = 0;
    for (; spool.hasRoomFor(batch); put++) await spool.put(batch);
    expect(put).toBeGreaterThan(2);
    expect(sizeOfFile()).toBeLessThanOrEqual(MEBIBYTE);
    expect(spool.hasRoomFor(everyColumnBatch(1))).toBe(file.room > 10_000);
    for (; put > 0; put--) await spool.take();
    expect(spool.hasRoomFor(batch)).toBe(true);
  });
});

describe('what is not what was put', () => {
  it.each([
    ['the length', 0],
    ['the checksum', 5],
    ['the number', 9],
    ['the metadata', 100],
    ['a value', 5000],
  ])('is refused: %s', async (_, position) => {
    const spool = await spoolOf();
    await spool.put(everyColumnBatch(100));
    damage(position);
    await expect(spool.take()).rejects.toThrow(RangeError);
  });

  it('is refused: a batch in the place of another', async () => {
    const spool = await spoolOf();
    const batch = everyColumnBatch(100);
    await spool.put(batch);
    const length = file.size;
    await spool.put(batch);
    const fd = openSync(nameless(), 'r+');
    const first = Buffer.alloc(length);
    readSync(fd, first, 0, length, 0);
    writeSync(fd, first, 0, length, length);
    closeSync(fd);
    expect(look(await spool.take())).toEqual(look(batch));
    await expect(spool.take()).rejects.toThrow('it is not what was written');
  });

  it('is refused: a file that is cut short', async () => {
    const spool = await spoolOf();
    await spool.put(everyColumnBatch(100));
    truncateSync(nameless(), 1000);
    await expect(spool.take()).rejects.toThrow('it is cut short');
  });
});

describe.runIf(isRoot)('a disk without room', () => {
  const mounted = (action: string, ...args: string[]) =>
    expect(spawnSync(action, args, { encoding: 'utf8' }).stderr).toBe('');
  beforeEach(() => mounted('mount', '-t', 'tmpfs', '-o', 'size=3m', 'none', directory));
  afterEach(() => mounted('umount', '-l', directory));

  it('takes a batch whole or not at all, and takes more when there is room again', async () => {
    const spool = await spoolOf();
    const waiting: unknown[] = [];
    const random = numbers(3);
    const samples = Array.from({ length: 16 }, (_, at) => everyColumnBatch(1 + at * 130, at));
    let refused = 0;
    for (let round = 0; round < 4; round++) {
      for (let more = true; more; ) {
        const batch = samples[random(samples.length)];
        more = await spool.put(batch).then(
          () => true,
          (error) => {
            expect(error.code).toBe('ENOSPC');
            return false;
          },
        );
        if (more) waiting.push(look(batch));
        else refused++;
      }
      for (let left = round % 2 === 0 ? 3 : waiting.length; left > 0; left--) {
        const back = await spool.take();
        expect(look(back)).toEqual(waiting.shift());
        spool.release(back);
      }
    }
    expect(refused).toBe(4);
    expect(spool.isEmpty).toBe(true);
  });
});
