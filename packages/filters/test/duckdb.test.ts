import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { definePlugin, type EntryBatch, runPipeline } from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { parquet } from '@pwalk/sink-parquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { where } from '../src/index.js';
import { context, openFilter } from './support/filtering.js';
import { Random } from './support/random.js';
import { randomExpression } from './support/random-expression.js';

const directory = mkdtempSync(join(tmpdir(), 'pwalk-where-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Files with sizes, times, links and names of all kinds, some of which random expressions ask for. */
function makeTree(root: string): void {
  const random = new Random(3);
  mkdirSync(join(root, 'sub'), { recursive: true });
  for (let i = 0; i < 120; i++) {
    const name = random.of(['a.bam', 'b.fastq', 'core.1', 'README', 'naïve.txt', '日本', 'x.gz']);
    const path = join(root, random.of(['', 'sub']), `${random.below(40) === 0 ? '' : i}${name}`);
    writeFileSync(path, '');
    truncateSync(path, random.of([0, 1, 4096, 2 ** 31, 2 ** 32 + 1, 2 ** 40]));
    utimesSync(
      path,
      random.of([0, 951_782_400, 1_700_000_000]),
      random.of([0, 86_400, 1_700_000_000]),
    );
    if (random.oneIn(4)) linkSync(path, `${path}.link`);
  }
}

describe('DuckDB, asked the same of a Parquet file of the same tree', () => {
  const file = join(directory, 'all.parquet');
  const tree = join(directory, 'tree');
  const batches: EntryBatch[] = [];
  let rows: (text: string) => Promise<string[]>;

  beforeAll(async () => {
    makeTree(tree);
    const collect = definePlugin({
      name: 'collect',
      kind: 'sink',
      pwalk: '*',
      options: z.undefined(),
      capabilities: { columns: 'all' },
      create: () => ({ write: (batch) => void batches.push(batch) }),
    });
    await runPipeline({
      source: walker({ roots: [tree] }),
      sinks: [parquet({ path: file }), collect()],
    });
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    rows = async (sql) => {
      const read = await connection.runAndReadAll(`select path from '${file}' where ${sql}`);
      return read.getRowObjectsJson().map(({ path }) => String(path));
    };
  });

  it('finds the rows that where() keeps, for three hundred random expressions', async () => {
    let some = 0;
    for (let seed = 5000; seed < 5300; seed++) {
      const { text, sql } = randomExpression(seed);
      const filter = await openFilter(where(text));
      const found: string[] = [];
      for (const batch of batches) {
        const paths = (await filter.map(batch, context))?.column('path');
        for (let row = 0; row < (paths?.length ?? 0); row++) found.push(String(paths?.get(row)));
      }
      expect(found.toSorted(), `seed ${seed}: ${text}`).toEqual((await rows(sql)).toSorted());
      if (found.length > 0) some++;
    }
    expect(some).toBeGreaterThan(150);
  });
});
