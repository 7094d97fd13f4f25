import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EntryBatch,
  type EntrySchema,
  type Outcome,
  type Output,
  PwalkError,
  type Sink,
  type SinkContext,
} from '@pwalk/core';
import { afterAll } from 'vitest';
import { csv } from '../../src/index.js';

/** A directory that lives as long as the test file that asked for it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pwalk-csv-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function contextFor(
  roots: readonly Uint8Array[] = [],
  warnings: string[] = [],
): SinkContext {
  return {
    stage: 'csv#1',
    scan: {
      id: 'scan-1',
      roots: roots.map(String),
      rootBytes: roots,
      host: 'node7',
      version: '0.1.0',
      startedAt: new Date(1_700_000_000_000),
      options: {},
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
  accounting: null,
  complete: true,
  finishedAt: new Date(1_700_000_060_000),
};

export const failure: Outcome = { ok: false, error: new PwalkError('PWALK_CANCELLED', 'test') };

type Options = Parameters<typeof csv>[0];

/** A sink made as the engine makes it: options checked by the plugin's schema. */
export async function makeSink(options: Options): Promise<Sink> {
  const { plugin } = csv(options);
  const checked = await plugin.options['~standard'].validate(options);
  if (checked.issues !== undefined)
    throw new Error(checked.issues.map((issue) => issue.message).join('; '));
  return plugin.create(checked.value);
}

/** One whole run of the sink. */
export async function run(
  options: Options,
  schema: EntrySchema,
  batches: readonly EntryBatch[],
  ctx: SinkContext = contextFor(),
): Promise<readonly Output[]> {
  const sink = await makeSink(options);
  await sink.open?.(schema, ctx);
  for (const batch of batches) await sink.write(batch, ctx);
  await sink.close?.(success);
  return sink.outputs?.() ?? [];
}

export async function rejection(promise: unknown): Promise<PwalkError> {
  const error = await Promise.resolve(promise).then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof PwalkError)) throw error;
  return error;
}
