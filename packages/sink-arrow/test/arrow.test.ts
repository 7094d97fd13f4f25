import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchBuilder,
  defaultEntrySchema,
  definePlugin,
  type EntryBatch,
  runPipeline,
  type Source,
} from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { RecordBatchReader, type Table, tableFromIPC } from 'apache-arrow';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { arrow } from '../src/index.js';

const directory = mkdtempSync(join(tmpdir(), 'pwalk-arrow-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A sink that keeps every batch, to compare with. */
const kept: EntryBatch[] = [];
const keep = definePlugin({
  name: 'keep',
  kind: 'sink',
  pwalk: '*',
  options: z.undefined(),
  capabilities: { columns: 'all' },
  create: () => ({ write: (batch) => void kept.push(batch) }),
});

function rowsOf(table: Table): string[] {
  const columns = table.schema.fields.map(({ name }) => [name, table.getChild(name)] as const);
  return Array.from({ length: table.numRows }, (_, row) =>
    columns.map(([name, column]) => `${name}=${String(column?.get(row) ?? null)}`).join(),
  ).toSorted();
}

function expectedRows(): string[] {
  return kept
    .flatMap((batch) => Array.from({ length: batch.length }, (_, row) => batch.row(row)))
    .map((row) =>
      Object.entries(row)
        .map(
          ([name, value]) =>
            `${name}=${name.endsWith('time') && typeof value === 'bigint' ? Number(value) / 1000 : String(value)}`,
        )
        .join(),
    )
    .toSorted();
}

describe('arrow', () => {
  it.each([
    ['scan.arrow', 'arrow'],
    ['scan.arrows', 'arrow-stream'],
  ])('%s is read back by apache-arrow as it was walked', async (name, format) => {
    kept.length = 0;
    const path = join(directory, name);
    const { outputs, rows } = await runPipeline({
      source: walker({ roots: ['/usr/share/doc'] }),
      sinks: [arrow({ path }), keep()],
      scan: { roots: ['/usr/share/doc'], options: { big: 2n ** 60n } },
    });
    const bytes = readFileSync(path);
    expect(outputs[0]).toEqual({ path, format, rows, bytes: bytes.length });
    const table = tableFromIPC(bytes);
    expect(table.numRows).toBe(rows);
    expect(kept.length).toBeGreaterThan(1);
    expect(table.batches).toHaveLength(kept.length);
    expect(rowsOf(table)).toEqual(expectedRows());
    expect(RecordBatchReader.from(bytes).isFile()).toBe(format === 'arrow');
    expect(table.schema.metadata.get('pwalk.roots')).toBe('["/usr/share/doc"]');
    expect(table.schema.metadata.get('pwalk.options')).toBe(`{"big":"${2n ** 60n}"}`);
    expect(readdirSync(directory)).toContain(name);
  });

  it('has the columns asked for, and is whole without a row', async () => {
    const path = join(directory, 'empty.arrow');
    const nothing = definePlugin({
      name: 'nothing',
      kind: 'source',
      pwalk: '*',
      options: z.undefined(),
      create: (): Source => ({
        open: () => defaultEntrySchema,
        async *read() {
          yield new BatchBuilder(defaultEntrySchema).finish();
        },
      }),
    });
    await runPipeline({ source: nothing(), sinks: [arrow({ path, columns: ['size', 'type'] })] });
    const table = tableFromIPC(readFileSync(path));
    expect(table.numRows).toBe(0);
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['type', 'size']);
  });
});
