import {
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { runPipeline } from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { parquet } from '@pwalk/sink-parquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExactSums } from '../src/exact-sums.js';
import { summary } from '../src/index.js';

const directory = mkdtempSync(join(tmpdir(), 'pwalk-summary-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const DAY = 86_400_000;
const at = (name: string) => join(directory, name);

/** Files of sizes and ages around the bounds, links, and extensions that try to break out of a label. */
function makeTree(): void {
  mkdirSync(at('tree/sub'), { recursive: true });
  const sizes = [0, 1, 4096, 4097, 65_536, 2 ** 30, 2 ** 30 + 1, 2 ** 41];
  const endings = ['bam', 'a"b', 'c\\d', 'e\nf', '', 'bam'];
  for (let i = 0; i < 60; i++) {
    const path = at(`tree/${i % 2 ? 'sub/' : ''}f${i}.${endings[i % endings.length]}`);
    writeFileSync(path, '');
    truncateSync(path, sizes[i % sizes.length]);
    const age = [0, 5, 6.9, 40, 200, 800, 5000][i % 7] * DAY;
    utimesSync(path, new Date(), new Date(Date.now() - age));
    if (process.getuid?.() === 0) chownSync(path, [0, 1234][i % 2], 0);
    if (i % 10 === 0) linkSync(path, `${path}.link`);
  }
  symlinkSync('f0', at('tree/link'));
}

describe('summary', () => {
  const startedAt = new Date();
  let sql: (query: string) => Promise<Record<string, unknown>[]>;

  beforeAll(async () => {
    makeTree();
    await runPipeline({
      source: walker({ roots: [at('tree')] }),
      sinks: [
        parquet({ path: at('all.parquet') }),
        summary({ path: at('s.json') }),
        summary({ path: at('s.prom'), labels: { fs: 'x"y' } }),
      ],
      scan: { startedAt, roots: [at('tree')] },
    });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    sql = async (query) => (await connection.runAndReadAll(query)).getRowObjectsJson();
  });

  const json = () => JSON.parse(readFileSync(at('s.json'), 'utf8'));

  it.each([
    ['owners', 'uid', `uid`, 'true'],
    ['groups', 'gid', `gid`, 'true'],
    ['types', 'type', `type::varchar`, 'true'],
    ['extensions', 'ext', `ext`, "type::varchar = 'file'"],
  ])(
    'has the %s DuckDB finds in a Parquet file of the same walk',
    async (table, key, column, which) => {
      const rows = await sql(`
      select ${column} as key, count(*)::double as entries,
        coalesce(sum(size) filter (type::varchar <> 'directory'), 0)::double as bytes,
        sum(blocks)::double * 512 as allocated
      from '${at('all.parquet')}' where ${which} group by 1`);
      const found = json()[table].map((row: Record<string, unknown>) => ({
        key: row[key],
        entries: row.entries ?? row.files,
        bytes: row.bytes,
        allocated: row.allocated,
      }));
      expect(found.length).toBeGreaterThan(table === 'groups' ? 0 : 1);
      expect(new Set(found)).toEqual(new Set(rows));
    },
  );

  it('has histograms as DuckDB counts them', async () => {
    const { sizes, ages } = json();
    const files = `'${at('all.parquet')}' where type::varchar = 'file'`;
    let below = -1;
    for (const { upToBytes, files: count, bytes } of sizes) {
      const [row] =
        await sql(`select count(*)::int as files, coalesce(sum(size), 0)::double as bytes
        from ${files} and size > ${below} and size <= ${upToBytes ?? 2 ** 62}`);
      expect(row).toEqual({ files: count, bytes });
      below = upToBytes;
    }
    let younger = -(10 ** 9);
    for (const { upToSeconds, files: count } of ages.mtime) {
      const age = `(${startedAt.getTime() * 1000} - epoch_us(mtime)) / 1e6`;
      const [row] = await sql(
        `select count(*)::int as files from ${files} and ${age} > ${younger} and ${age} <= ${upToSeconds ?? 10 ** 12}`,
      );
      expect(row).toEqual({ files: count });
      younger = upToSeconds;
    }
  });

  it('is told for Prometheus in its format, whatever names are', () => {
    const text = readFileSync(at('s.prom'), 'utf8');
    const samples = new Map<string, number>();
    for (const line of text.trimEnd().split('\n')) {
      if (/^# (HELP|TYPE) [a-z_]+ ./.test(line)) continue;
      // A name, labels whose quotes, backslashes and line breaks are escaped, a number.
      expect(line).toMatch(/^[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? [-+0-9.e]+$/);
      samples.set(line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' '))));
    }
    const { types, sizes } = json();
    const file = types.find(({ type }: { type: string }) => type === 'file');
    expect(samples.get('pwalk_entries{fs="x\\"y",type="file"}')).toBe(file.entries);
    expect(samples.get('pwalk_bytes{fs="x\\"y",type="file"}')).toBe(file.bytes);
    expect(samples.get('pwalk_file_size_bytes_count{fs="x\\"y"}')).toBe(file.entries);
    expect(samples.get('pwalk_file_size_bytes_sum{fs="x\\"y"}')).toBe(file.bytes);
    expect(samples.get('pwalk_file_size_bytes_bucket{fs="x\\"y",le="0"}')).toBe(sizes[0].files);
    expect(samples.get('pwalk_file_size_bytes_bucket{fs="x\\"y",le="+Inf"}')).toBe(file.entries);
    expect(samples.get('pwalk_scan_complete{fs="x\\"y"}')).toBe(1);
    expect([...samples.keys()].filter((key) => key.startsWith('pwalk_extension_bytes'))).toEqual(
      expect.arrayContaining([
        'pwalk_extension_bytes{fs="x\\"y",ext="a\\"b"}',
        'pwalk_extension_bytes{fs="x\\"y",ext="c\\\\d"}',
        'pwalk_extension_bytes{fs="x\\"y",ext="e\\\\nf"}',
      ]),
    );
  });

  it('replaces the file in one step, and leaves the old one when the run fails', async () => {
    const before = readFileSync(at('s.json'), 'utf8');
    const abort = new AbortController();
    await expect(
      runPipeline({
        source: walker({ roots: [at('tree')] }),
        sinks: [summary({ path: at('s.json') })],
        signal: abort.signal,
        onProgress: () => abort.abort(),
      }),
    ).rejects.toThrow();
    expect(readFileSync(at('s.json'), 'utf8')).toBe(before);
    expect(readdirSync(directory).filter((name) => name.includes('.pwalk-'))).toEqual([]);
  });
});

describe('ExactSums', () => {
  it('are exact, however many and large the numbers are', () => {
    const sums = new ExactSums();
    let expected = 0n;
    for (let i = 0; i < 3_000_000; i++) {
      const [high, low] = [i % 3 === 0 ? 0xffff_ffff : i, 0xffff_ffff];
      sums.add(40, high, low);
      expected += (BigInt(high) << 32n) + BigInt(low);
    }
    expect(sums.sum(40)).toBe(expected);
    expect(sums.sum(0)).toBe(0n);
    expect(sums.sum(1000)).toBe(0n);
  });
});
