import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  BatchBuilder,
  definePlugin,
  EntrySchema,
  type Field,
  PwalkError,
  runPipeline,
  type Source,
} from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parquet } from '../src/index.js';
import { partitionName } from '../src/partition-name.js';
import { query } from './support/readers.js';
import { temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const at = (...names: string[]) => join(directory, ...names);

const schema = new EntrySchema([
  { name: 'key', type: 'utf8', nullable: true, description: 'what is partitioned by' },
  { name: 'uid', type: 'uint32', nullable: true, description: 'a number' },
  { name: 'n', type: 'uint32', nullable: false, description: 'a running number' },
] satisfies Field[]);

/** Rows whose keys come from `keyOf`, in batches. */
function rowsSource(rows: number, keyOf: (n: number) => string | null, failAt = -1) {
  return definePlugin({
    name: 'rows',
    kind: 'source',
    pwalk: '*',
    options: z.undefined(),
    create: (): Source => ({
      open: () => schema,
      async *read() {
        const builder = new BatchBuilder(schema);
        for (let n = 0; n < rows; n++) {
          if (n === failAt) throw new Error('the source broke');
          builder.append({ key: keyOf(n), uid: n % 3 === 0 ? null : n % 3, n });
          if (builder.length === 500) yield builder.finish();
        }
        yield builder.finish();
      },
    }),
  })();
}

/** Files below a directory, their paths within it. */
function files(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

/** DuckDB's answer. */
const ask = (sql: string) => query('', sql);

const hive = (root: string) =>
  `read_parquet('${root}/**/*.parquet', hive_partitioning = true, hive_types = {'key': varchar})`;

describe('a dataset', () => {
  const hostile = [
    '..',
    '.',
    '',
    '/',
    '../../etc/passwd',
    'a/b',
    'a=b',
    '%2F',
    "it's",
    'naïve',
    '日本',
    ' ',
    '\n',
    'x'.repeat(5),
    '__HIVE_DEFAULT_PARTITION__',
    '-rf',
    '*',
  ];

  it('has a directory for each value, that no value leaves, and DuckDB reads the values back', async () => {
    const path = at('hostile');
    const before = readdirSync(directory);
    const { outputs } = await runPipeline({
      source: rowsSource(hostile.length * 40, (n) =>
        n % 40 === 0 ? null : hostile[n % hostile.length],
      ),
      sinks: [parquet({ path: `${path}/`, partitionBy: ['key'] })],
    });
    expect(readdirSync(directory)).toEqual([...before, 'hostile'].toSorted());
    for (const file of files(path))
      expect(file).toMatch(/^(_manifest\.json|key=[\w.%~-]*\/part-\d+\.parquet)$/);
    const rows = await ask(`select n::int as n, key from ${hive(path)} order by n`);
    expect(rows).toEqual(
      Array.from({ length: hostile.length * 40 }, (_, n) => ({
        n,
        key: n % 40 === 0 ? null : hostile[n % hostile.length],
      })),
    );
    expect(outputs).toMatchObject([{ path: `${path}/`, format: 'parquet', rows: rows.length }]);
  });

  it('nests columns in the order given, and does without them in the files', async () => {
    const path = at('nested');
    await runPipeline({
      source: rowsSource(90, (n) => ['a', 'b'][n % 2]),
      sinks: [parquet({ path, partitionBy: ['uid', 'key'] })],
    });
    const directories = files(path)
      .filter((file) => file.endsWith('.parquet'))
      .map((file) => file.replace(/\/part-\d+\.parquet$/, ''));
    const uids = ['1', '2', '__HIVE_DEFAULT_PARTITION__'];
    expect(directories).toEqual(uids.flatMap((uid) => [`uid=${uid}/key=a`, `uid=${uid}/key=b`]));
    const [columns] = await ask(
      `select string_agg(name, ',') as names from parquet_schema('${path}/*/*/*.parquet') where name in ('key', 'uid', 'n')`,
    );
    expect(new Set(String(columns.names).split(','))).toEqual(new Set(['n']));
    const sums = await ask(
      `select uid, key, count(*)::int as rows from ${hive(path)} group by all order by all`,
    );
    expect(sums.map(({ rows }) => rows)).toEqual([15, 15, 15, 15, 15, 15]);
  });

  it('keeps few files open however many partitions there are, and loses no row', async () => {
    const path = at('many');
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, readdirSync('/proc/self/fd').length);
    }, 1);
    const idle = readdirSync('/proc/self/fd').length;
    await runPipeline({
      source: rowsSource(80_000, (n) => `k${(n * 7919) % 60}`),
      sinks: [parquet({ path, partitionBy: ['key'] })],
    });
    clearInterval(watch);
    expect(most - idle).toBeLessThan(80);
    const [sums] = await ask(
      `select count(*)::int as rows, count(distinct key)::int as keys, sum(n)::bigint::varchar as sum from ${hive(path)}`,
    );
    expect(sums).toEqual({ rows: 80_000, keys: 60, sum: String((80_000 * 79_999) / 2) });
    const {
      files: made,
      complete,
      partitionBy,
    } = JSON.parse(readFileSync(join(path, '_manifest.json'), 'utf8'));
    expect([complete, partitionBy]).toEqual([true, ['key']]);
    expect(made.map((file: { path: string }) => file.path).toSorted()).toEqual(
      files(path).filter((file) => file !== '_manifest.json'),
    );
    expect(made.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0)).toBe(80_000);
    // Some thousand rows a file, and not one file for each batch.
    expect(made.length).toBeLessThan(160);
  });

  it('leaves nothing when the walk fails or is cancelled, and replaces nothing', async () => {
    const before = readdirSync(directory);
    const sinks = [parquet({ path: at('failed'), partitionBy: ['key'] })];
    await expect(
      runPipeline({ source: rowsSource(9000, (n) => `k${n % 3}`, 8000), sinks }),
    ).rejects.toThrow('the source broke');
    expect(readdirSync(directory)).toEqual(before);
    mkdirSync(at('full'));
    writeFileSync(at('full', 'precious'), 'x');
    for (const path of [at('full'), at('full', 'precious')]) {
      const error = await runPipeline({
        source: rowsSource(10, () => 'a'),
        sinks: [parquet({ path, partitionBy: ['key'] })],
      }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'PWALK_OUTPUT_OPEN' });
    }
    expect(files(at('full'))).toEqual(['precious']);
    mkdirSync(at('empty'));
    await runPipeline({
      source: rowsSource(10, () => 'a'),
      sinks: [parquet({ path: at('empty'), partitionBy: ['key'] })],
    });
    expect(files(at('empty'))).toEqual(['_manifest.json', 'key=a/part-0.parquet']);
  });

  it.each(['native', 'portable'] as const)(
    'is not in itself when it lies in the tree (%s walker)',
    async (engine) => {
      const tree = at(`tree-${engine}`);
      mkdirSync(join(tree, 'sub'), { recursive: true });
      for (let i = 0; i < 50; i++) writeFileSync(join(tree, 'sub', `f${i}.txt`), '');
      linkSync(join(tree, 'sub', 'f0.txt'), join(tree, 'link'));
      if (process.getuid?.() === 0) chownSync(join(tree, 'link'), 4321, 4321);
      const path = join(tree, 'dataset');
      const { accounting } = await runPipeline({
        source: walker({ roots: [tree], engine }),
        sinks: [parquet({ path, partitionBy: ['owner', 'type'] })],
      });
      expect(accounting).toMatchObject({ read: 54, rows: 53, excluded: 1 });
      const names = await ask(
        `select name from ${hive(path).replace("{'key': varchar}", "{'owner': varchar, 'type': varchar}")}`,
      );
      expect(names.filter(({ name }) => String(name).includes('dataset'))).toEqual([]);
      expect(names).toHaveLength(53);
      expect(existsSync(path)).toBe(true);
    },
  );

  it('refuses what cannot be partitioned by', async () => {
    const refusal = async (options: object) => {
      const error = await runPipeline({
        source: walker({ roots: [directory] }),
        sinks: [parquet({ path: at('refused'), partitionBy: ['type'], ...options })],
      }).catch((reason: unknown) => reason);
      return error instanceof PwalkError ? error.message : String(error);
    };
    expect(await refusal({ partitionBy: ['mtime'] })).toContain('choose one with few values');
    expect(await refusal({ partitionBy: ['typo'] })).toContain('"typo"');
    expect(await refusal({ partitionBy: ['type', 'type'] })).toContain('names a column twice');
    expect(await refusal({ columns: ['type'] })).toContain('nothing is left for the files');
    expect(existsSync(at('refused'))).toBe(false);
  });
});

describe('partitionName', () => {
  it('is a name of one component, of at most 255 bytes, and another for another value', () => {
    const values = [
      'é'.repeat(100),
      'é'.repeat(101),
      '日'.repeat(80),
      'x'.repeat(300),
      'x'.repeat(301),
      'a\u0000b',
      '..',
      '/',
    ];
    const names = values.map((value) => partitionName('ext', value));
    for (const name of names) expect(name).toMatch(/^ext=[\w.%~-]{1,220}$/);
    expect(new Set(names).size).toBe(values.length);
    expect(partitionName('a/b', '.')).toBe('a%2Fb=.');
  });
});
