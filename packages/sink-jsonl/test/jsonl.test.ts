import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { BatchBuilder, definePlugin, fullEntrySchema, runPipeline, type Source } from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonl } from '../src/index.js';

const directory = mkdtempSync(join(tmpdir(), 'pwalk-jsonl-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Options = Parameters<typeof jsonl>[0];
type Cells = Parameters<BatchBuilder['append']>[0];

/** One run over rows of the columns named. */
async function lines(rows: readonly Cells[], columns: string[], options: Partial<Options> = {}) {
  const schema = fullEntrySchema.pick(new Set(columns));
  const source = definePlugin({
    name: 'rows',
    kind: 'source',
    pwalk: '*',
    options: z.undefined(),
    create: (): Source => ({
      open: () => schema,
      async *read() {
        const builder = new BatchBuilder(schema);
        for (const row of rows) builder.append(row);
        yield builder.finish();
      },
    }),
  });
  const path = join(directory, 'rows.jsonl');
  await runPipeline({ source: source(), sinks: [jsonl({ path, columns, ...options })] });
  return readFileSync(path, 'utf8');
}

async function sql(query: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(query)).getRowObjectsJson();
}

describe('jsonl', () => {
  it('gives back the exact bytes of every name of a tree', async () => {
    const tree = join(directory, 'tree');
    mkdirSync(tree);
    const names = [
      'plain',
      'a"b\\c',
      'line\nbreak',
      'esc\u001b[31m',
      '\u202eltr',
      'naïve',
      '日本',
      ' ',
    ]
      .map((name) => Buffer.from(name))
      .concat(Buffer.from([0x72, 0xff, 0xfe]), Buffer.from([0xed, 0xa0, 0x80]));
    for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), name]), '');
    const path = join(directory, 'tree.jsonl');
    const { outputs } = await runPipeline({
      source: walker({ roots: [tree] }),
      sinks: [jsonl({ path })],
    });
    const text = readFileSync(path, 'utf8');
    const found = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'file')
      .map(({ path, path_raw }) =>
        path_raw === null ? Buffer.from(path) : Buffer.from(path_raw, 'hex'),
      )
      .map((bytes) => bytes.subarray(tree.length + 1).toString('hex'));
    expect(found.toSorted()).toEqual(names.map((name) => name.toString('hex')).toSorted());
    expect(outputs).toMatchObject([{ rows: names.length + 1, bytes: Buffer.byteLength(text) }]);
    // Nothing in the file commands a terminal, and no line is broken but by us.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e\u2028]/);
  });

  it('writes 64-bit integers with all their digits, as numbers or as text', async () => {
    const rows = [
      { inode: 2n ** 64n - 1n, size: 2n ** 53n + 1n },
      { inode: null, size: 0n },
    ];
    expect(await lines(rows, ['inode', 'size'])).toBe(
      '{"inode":18446744073709551615,"size":9007199254740993}\n{"inode":null,"size":0}\n',
    );
    expect(
      await sql(
        `select max(inode)::varchar as inode, sum(size)::varchar as size from '${directory}/rows.jsonl'`,
      ),
    ).toEqual([{ inode: '18446744073709551615', size: '9007199254740993' }]);
    expect(await lines(rows, ['inode', 'size'], { integers: 'string' })).toBe(
      '{"inode":"18446744073709551615","size":"9007199254740993"}\n{"inode":null,"size":"0"}\n',
    );
  });

  it('writes the columns asked for, in that order, times in full', async () => {
    const rows = [
      { mtime: 1_700_000_000_000_001n, type: 'fifo', is_hardlink: false, depth: -1 },
      { mtime: -1n, type: 'file', is_hardlink: null, depth: 3 },
    ];
    expect(await lines(rows, ['type', 'mtime', 'is_hardlink', 'depth'])).toBe(
      '{"type":"fifo","mtime":"2023-11-14T22:13:20.000001Z","is_hardlink":false,"depth":-1}\n' +
        '{"type":"file","mtime":"1969-12-31T23:59:59.999999Z","is_hardlink":null,"depth":3}\n',
    );
  });

  it('writes an empty file for no rows, and refuses columns there are not', async () => {
    expect(await lines([], ['path'])).toBe('');
    await expect(
      runPipeline({
        source: walker({ roots: [directory] }),
        sinks: [jsonl({ path: join(directory, 'x.jsonl'), columns: ['pathh'] })],
      }),
    ).rejects.toThrow('"pathh"');
  });
});
