import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryBatch, EntrySchema, Outcome, Output, Sink, SinkContext } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { afterAll } from 'vitest';
import type { EncoderSettings, OpenEncoder } from '../../src/encoder.js';
import { parquet } from '../../src/index.js';

/** A directory that lives as long as the test file that asked for it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pwalk-parquet-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Writes batches with one encoder, without the sink around it. */
export async function encode(
  open: OpenEncoder,
  path: string,
  schema: EntrySchema,
  batches: readonly EntryBatch[],
  settings: Partial<EncoderSettings> = {},
): Promise<void> {
  const output = await OutputFile.open(path);
  const encoder = await open({
    schema,
    output,
    compression: 'zstd',
    level: 1,
    rowGroupRows: 131_072,
    createdBy: 'pwalk version 0.0.0',
    ...settings,
  });
  for (const batch of batches) await encoder.write(batch);
  await encoder.finish(new Map([['test', 'yes']]));
  await output.publish();
}

export function contextFor(warnings: string[] = []): SinkContext {
  return {
    stage: 'parquet#1',
    scan: {
      id: 'scan-1',
      roots: ['/data', '/home'],
      rootBytes: [Buffer.from('/data'), Buffer.from('/home')],
      host: 'node7',
      version: '0.1.0',
      startedAt: new Date(1_700_000_000_000),
      options: { threads: 2 },
    },
    signal: new AbortController().signal,
    dryRun: false,
    memory: 2 ** 28,
    warn: (message) => warnings.push(message),
    registerOwnFile: () => {},
  };
}

export const success: Outcome = {
  ok: true,
  accounting: {
    read: 3,
    rows: 2,
    vanished: 1,
    excluded: 0,
    files: 2,
    directories: 0,
    symlinks: 0,
    other: 0,
    bytes: 2n ** 60n,
    states: { ok: 2 },
    clampedTimes: 0,
  },
  complete: true,
  finishedAt: new Date(1_700_000_060_000),
};

/** A sink made as the engine makes it: options checked by the plugin's schema. */
export async function makeSink(options: Parameters<typeof parquet>[0]): Promise<Sink> {
  const { plugin } = parquet(options);
  const checked = await plugin.options['~standard'].validate(options);
  if (checked.issues !== undefined)
    throw new Error(checked.issues.map((issue) => issue.message).join('; '));
  return plugin.create(checked.value);
}

/** One whole run of the sink. */
export async function run(
  options: Parameters<typeof parquet>[0],
  schema: EntrySchema,
  batches: readonly EntryBatch[],
  warnings: string[] = [],
): Promise<readonly Output[]> {
  const sink = await makeSink(options);
  const ctx = contextFor(warnings);
  await sink.open?.(schema, ctx);
  for (const batch of batches) await sink.write(batch, ctx);
  await sink.close?.(success);
  return sink.outputs?.() ?? [];
}
