import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { definePlugin, type EntryBatch, runPipeline, type Sink, type Stage } from '@pwalk/core';
import { WalkPart, walker } from '@pwalk/native-walker';
import { parquet } from '@pwalk/sink-parquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DirectoriesSink, summedColumns } from '../src/index.js';
import { addTotals, addWord, setTime, WORDS, word } from '../src/totals.js';
import { reference, sorted, type Totals } from './reference.js';

const directory = mkdtempSync(join(tmpdir(), 'pwalk-directories-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string) => join(directory, name);

async function made(stage: Stage<'sink'>): Promise<Sink> {
  const checked = await stage.plugin.options['~standard'].validate(stage.options);
  if (checked.issues !== undefined) throw new Error('options');
  return stage.plugin.create(checked.value);
}

/** The sink as a stage, into Parquet files. */
const tables = definePlugin({
  name: 'tables',
  kind: 'sink',
  pwalk: '^0.1.0',
  options: z.object({}),
  capabilities: { columns: summedColumns, atomic: true, releases: true },
  create: async () =>
    new DirectoriesSink({
      directories: await made(parquet({ path: at('d.parquet') })),
      hardLinks: await made(parquet({ path: at('h.parquet') })),
    }),
});

async function sql(query: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(query)).getRowObjects();
}

async function read(file: string, columns: string): Promise<Totals[]> {
  const rows = await sql(`
    select hex(coalesce(path_raw, encode(path))) as key, ${columns} from '${at(file)}'`);
  const plain = (value: unknown) =>
    value === null || typeof value === 'boolean' ? value : String(value);
  return sorted(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, plain(v)]))),
  );
}

interface Walk {
  readonly roots: (string | Uint8Array)[];
  readonly engine?: 'native' | 'portable';
  readonly threads?: number;
}

async function rollUp(options: Walk, memory = 2 ** 28) {
  await runPipeline({
    source: walker(options),
    sinks: [tables({})],
    memory,
    scan: { rootBytes: options.roots.map((root) => Buffer.from(root)) },
  });
  return {
    directories: await read(
      'd.parquet',
      `* exclude (path, path_raw) replace (epoch_us(newest_mtime) as newest_mtime,
         epoch_us(newest_atime) as newest_atime)`,
    ),
    links: await read('h.parquet', '* exclude (path, path_raw)'),
  };
}

/** Bytes around the slash, names that begin like each other, and one that is no text. */
const names = ['a', 'a!', 'a-b', 'a.', 'a0', 'ab', '\u0001', 'é', '\xff', 'b c'];

/** Directories three deep, files of all sizes, names of one file far from each other, links that loop. */
function makeTree(): void {
  let count = 0;
  const linked: Buffer[] = [];
  const level = (path: Buffer, depth: number): void => {
    mkdirSync(path);
    for (const [i, name] of names.entries()) {
      const bytes = name === '\xff' ? Buffer.from([0xff]) : Buffer.from(name);
      const inside = Buffer.concat([path, Buffer.from('/'), bytes]);
      count++;
      if (depth > 0 && i % 3 !== 2) level(inside, depth - 1);
      else if (count % 7 === 0) symlinkSync('.', inside);
      else if (count % 5 === 0 && linked.length > 0) {
        linkSync(linked[(count * 31) % linked.length] ?? inside, inside);
      } else {
        writeFileSync(inside, 'x'.repeat(count % 9000));
        if (count % 11 === 0) truncateSync(inside, 2 ** 40 + count);
        if (count % 3 === 0) linked.push(inside);
      }
    }
  };
  level(Buffer.from(at('tree')), 3);
}

describe('directories and hard links', () => {
  beforeAll(makeTree);

  it.each(['native', 'portable'] as const)(
    'are what a recursion over lstat comes to (%s)',
    async (engine) => {
      const expected = reference([at('tree')]);
      expect(expected.directories.length).toBeGreaterThan(300);
      expect(expected.links.length).toBeGreaterThan(300);
      expect(await rollUp({ roots: [at('tree')], engine })).toEqual(expected);
    },
  );

  it('are the same when nothing fits in memory, with any number of threads', async () => {
    const expected = reference([at('tree')]);
    for (const threads of [1, 7]) {
      // Eight KiB of totals: some hundred runs, merged twice.
      expect(await rollUp({ roots: [at('tree')], threads }, 2 ** 16)).toEqual(expected);
    }
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('pwalk-totals-'))).toEqual([]);
  });

  it('are right however deep the tree: paths longer than what is compared at once', async () => {
    let path = at('deep');
    for (let level = 0; level < 150; level++) {
      mkdirSync(path);
      writeFileSync(join(path, 'file'), 'x'.repeat(level));
      path = join(path, level % 2 === 0 ? 'twenty characters long' : 'd');
    }
    const expected = reference([at('deep')]);
    for (const memory of [2 ** 28, 2 ** 16]) {
      expect(await rollUp({ roots: [at('deep')] }, memory)).toEqual(expected);
    }
  });

  it('have the rows of each root, roots in each other too, as they were typed', async () => {
    const raw = Buffer.concat([Buffer.from(`${at('tree')}/`), Buffer.from([0xff])]);
    const roots = [`${at('tree')}//`, at('tree/a'), at('tree/a/b c'), `${at('tree')}/a0/`];
    const expected = reference(roots);
    expect(await rollUp({ roots })).toEqual(expected);
    const file = reference([raw]);
    expect(await rollUp({ roots: [raw] })).toEqual(file);
  });

  it('count what is below a root twice where it was given twice', async () => {
    const [once] = reference([at('tree/a/a')]).directories;
    const { directories } = await rollUp({ roots: [at('tree/a/a'), at('tree/a/a')] });
    expect(directories[0]?.key).toEqual(once?.key);
    for (const sum of ['tree_files', 'tree_dirs', 'tree_bytes', 'tree_bytes_unique']) {
      expect(BigInt(String(directories[0]?.[sum]))).toBe(2n * BigInt(String(once?.[sum])));
    }
  });

  it('are empty where there is no directory, and no file with several names', async () => {
    writeFileSync(at('alone'), '');
    expect(await rollUp({ roots: [at('alone')] })).toEqual({ directories: [], links: [] });
  });

  it('tell of a walk that was stopped which directories are not whole', async () => {
    const whole = new Map(reference([at('tree')]).directories.map((row) => [row.key, row]));
    const part = new WalkPart({ rows: 16 });
    const stopping = definePlugin({
      name: 'stopping',
      kind: 'filter',
      pwalk: '^0.1.0',
      options: z.object({}),
      create: () => ({
        map(batch: EntryBatch) {
          part.stop();
          return batch;
        },
      }),
    });
    await runPipeline({
      source: walker({ roots: [at('tree')], threads: 1, part }),
      filters: [stopping({})],
      sinks: [tables({})],
    });
    const rows = await read('d.parquet', '* exclude (path, path_raw)');
    expect(part.isStopped && rows.length > 0 && rows.length < whole.size).toBe(true);
    for (const { key, incomplete, tree_files, tree_dirs } of rows) {
      const { tree_files: files, tree_dirs: dirs } = whole.get(key ?? null) ?? {};
      expect(incomplete).toBe(tree_files !== files || tree_dirs !== dirs);
    }
  });

  it('end at what 64 bits hold, and keep the latest of times before 1970', () => {
    const record = (bytes: [number, number], time: bigint) => {
      const words = new Uint32Array(2 * WORDS);
      addWord(words, 2 * word.bytes, ...bytes);
      setTime(words, 2 * word.newestMtime, Number(time & 0xffff_ffffn), Number(time >> 32n));
      return words;
    };
    const sum = record([0xffff_ffff, 0], -5n);
    addTotals(sum, record([1, 0], -3n));
    addTotals(sum, record([0, 0xffff_fffe], -4n));
    const of = (which: number) => new BigUint64Array(sum.buffer)[which];
    expect(of(word.bytes)).toBe(2n ** 64n - 2n ** 32n);
    expect(of(word.newestMtime)).toBe(2n ** 63n - 3n);
    addTotals(sum, record([0, 1], -9n));
    addTotals(sum, record([7, 7], -9n));
    expect(of(word.bytes)).toBe(2n ** 64n - 1n);
  });
});
