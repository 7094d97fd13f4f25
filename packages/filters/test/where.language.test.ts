import { EntryBatch, EntrySchema, NumberColumn } from '@pwalk/core';
import { describe, expect, it } from 'vitest';
import { where } from '../src/index.js';
import { kept } from './support/filtering.js';
import { batchOf, type Row, randomRows } from './support/random-rows.js';

const [plain] = randomRows(1, 1);
const time = (text: string) => BigInt(Date.parse(text)) * 1000n;

/** Whether an expression is true of a row that is as usual but for what is said. */
async function holds(text: string, row: Row): Promise<boolean> {
  return (await kept(where(text), batchOf([{ ...plain, ...row }]))).length === 1;
}

describe('the language of where()', () => {
  it.each([
    ['size == 1K', { size: 1024n }],
    ['size == 1KiB', { size: 1024n }],
    ['size == 1KB', { size: 1000n }],
    ['size == 1.5GiB', { size: 1_610_612_736n }],
    ['size == 0.1KiB', { size: 102n }],
    ['size == 15EiB', { size: 15n << 60n }],
    ['size = 18_446_744_073_709_551_615', { size: 2n ** 64n - 1n }],
    ['inode == 0xffff_ffff_ffff_ffff', { inode: 2n ** 64n - 1n }],
    ['mode & 0o777 == 0o644', { mode: 0o100644 }],
    ['depth == -1', { depth: -1 }],
    ['blocks * 512 < size', { size: 2n ** 63n, blocks: 1n }],
    // The product and the number are the same double.
    ['size * 3 > 27021597764222972', { size: 2n ** 53n - 1n }],
    ['1GiB < size and not size > 2GiB', { size: 3n << 29n }],
    ['ext IN ["bam",\'gz\', ]', { ext: 'gz' }],
    ['ext not in ["bam"]', { ext: 'gz' }],
    ['name == "a\\tb\\\\\\"\\u{e9}\\x41"', { name: 'a\tb\\"éA' }],
    ['name == "caf\\xe9"', { name: 'caf\\xe9' }],
    ['name =~ /^CORE\\.[0-9]+$/i', { name: 'core.12' }],
    ['path =~ /\\/tmp\\//', { path: '/a/tmp/b' }],
    ['name !~ "x"', { name: 'abc' }],
    ['path glob "/data/**/*.bam"', { path: '/data/a/b/c.bam' }],
    ['type glob "f*"', { type: 'fifo' }],
    ['state =~ /den/', { state: 'denied' }],
    ['name == ext', { name: 'gz', ext: 'gz' }],
    ['`size` > 1', { size: 2n }],
    ['btime == null && errno == null', { btime: null, errno: null }],
    ['is_hardlink == false', { is_hardlink: false }],
    ['!(is_hardlink)', { is_hardlink: false }],
    ['true or size > 1', { size: null }],
    // now is 2024-03-31T12:00:00Z.
    ['mtime == now', { mtime: time('2024-03-31T12:00:00Z') }],
    ['mtime == now - 1mo', { mtime: time('2024-02-29T12:00:00Z') }],
    ['mtime == now - 1mo - 1y', { mtime: time('2023-02-28T12:00:00Z') }],
    ['mtime == now - 2w - 12h', { mtime: time('2024-03-17T00:00:00Z') }],
    ['mtime == 2024-02-29 + 1y', { mtime: time('2025-02-28T00:00:00Z') }],
    ['mtime == "2024-01-01 10:00"', { mtime: time('2024-01-01T10:00:00Z') }],
    ['mtime == 2024-01-01T10:00:00.25+02:00', { mtime: time('2024-01-01T08:00:00.250Z') }],
    ['mtime == 0001-01-01', { mtime: time('0001-01-01T00:00:00Z') }],
    ['atime - mtime >= 30d', { atime: time('2024-02-01'), mtime: time('2024-01-02') }],
    ['mtime > ctime + 1d', { mtime: time('2024-02-03'), ctime: time('2024-02-01') }],
    ['ctime < now + 10 * 1d', { ctime: time('2024-04-09') }],
  ] satisfies [string, Row][])('%s', async (text, row) => {
    expect(await holds(text, row)).toBe(true);
    expect(await holds(`!(${text})`, row)).toBe(false);
  });

  it('is not true of a null, either way round', async () => {
    for (const text of [
      'size > 1',
      '!(size > 1)',
      'size in [1]',
      'size not in [1]',
      'size + 1 > 0',
    ]) {
      expect(await holds(text, { size: null }), text).toBe(false);
    }
  });

  it('reads columns of doubles', async () => {
    const field = { name: 'score', type: 'float64', nullable: false, description: 'x' } as const;
    const schema = new EntrySchema([field]);
    const column = new NumberColumn('float64', Float64Array.of(0.25, 0.5, 2, -1));
    const batch = EntryBatch.of(schema, new Map([['score', column]]));
    expect(await kept(where('score >= 0.5'), batch)).toEqual([1, 2]);
    expect(await kept(where('score == 2'), batch)).toEqual([2]);
    expect(await kept(where('-0.5 > score'), batch)).toEqual([3]);
  });

  it('asks for the columns it speaks of and no others', () => {
    const columns = (text: string) => {
      const { plugin, options } = where(text);
      const checked = plugin.options['~standard'].validate(options);
      if (checked instanceof Promise || checked.issues !== undefined)
        throw new Error('not checked');
      return plugin.capabilities(checked.value);
    };
    expect(columns('size > 1 && (mtime < now || !is_hardlink)')).toEqual({
      columns: ['size', 'mtime', 'is_hardlink'],
      releases: true,
    });
  });
});
