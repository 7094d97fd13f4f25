import {
  definePlugin,
  type EntryBatch,
  EntrySchema,
  escapeText,
  isComplete,
  type Output,
  PwalkError,
  runPipeline,
} from '@pwalk/core';
import { directoriesSchema, hardLinksSchema, ScanTables } from '@pwalk/sink-directories';
import { z } from 'zod';
import { tableSink } from '../output-format.js';
import { resumeRefused } from './failures.js';
import type { ScanDirectory } from './scan-directory.js';
import type { ScanState } from './scan-state.js';

/** Where the tables of directories are to be written. */
export interface TablePaths {
  readonly directories?: string | undefined;
  readonly hardLinks?: string | undefined;
}

/** Bytes for what is added up, where the scan says nothing. */
const USUAL_MEMORY = 256 * 1024 * 1024;

/**
 * Writes what the directories of a whole scan come to, and which names are the same file, out of the totals
 * of its parts.
 * @param stop gives up between two batches: throws its reason
 * @throws PwalkError `PWALK_OUTPUT_OPEN`, `PWALK_OUTPUT_WRITE`, `PWALK_RESUME_REFUSED`
 */
export async function publishTables(
  directory: ScanDirectory,
  state: ScanState,
  { directories, hardLinks }: TablePaths,
  stop: AbortSignal,
): Promise<Output[]> {
  const { roots, memory = USUAL_MEMORY } = state.scan.settings;
  const tables = new ScanTables(
    memory,
    roots.map((root) => Buffer.from(root, 'base64')),
  );
  const write = (path: string, table: string, schema: EntrySchema, rows: Iterable<EntryBatch>) =>
    writeTable(path, table, tableSource({ schema, rows, stop, isPartial: !isWhole(state) }), state);
  try {
    const paths = state.totals.map(({ name }) => directory.partPath('totals', name));
    await tables.read(paths, stop);
    const made: Output[] = [];
    // The names are read before the directories, to which what they come to is added.
    if (hardLinks !== undefined) {
      made.push(...(await write(hardLinks, 'hard_links', hardLinksSchema, tables.hardLinks())));
    }
    if (directories !== undefined) {
      const rows = await tables.directories();
      made.unshift(...(await write(directories, 'directories', directoriesSchema, rows)));
    }
    return made;
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    if (error instanceof PwalkError && error.code !== 'PWALK_PLUGIN_FAILED') throw error;
    throw damaged(directory, error);
  } finally {
    tables.close();
  }
}

function isWhole({ accounting }: ScanState): boolean {
  return accounting !== null && isComplete(accounting);
}

async function writeTable(
  path: string,
  table: string,
  source: ReturnType<typeof tableSource>,
  { scan }: ScanState,
): Promise<Output[]> {
  const roots = scan.settings.roots.map((root) => Buffer.from(root, 'base64'));
  const { outputs } = await runPipeline({
    source,
    sinks: [await tableSink(path)],
    scan: {
      id: scan.id,
      host: scan.host,
      startedAt: new Date(scan.startedAt),
      roots: roots.map((root) => root.toString()),
      rootBytes: roots,
    },
  });
  return outputs.map((output) => ({ ...output, table }));
}

/** Batches that are there already, as a source. */
const tableSource = definePlugin({
  name: 'table',
  kind: 'source',
  pwalk: '^0.1.0',
  options: z.strictObject({
    schema: z.instanceof(EntrySchema),
    rows: z.custom<Iterable<EntryBatch>>((value) => typeof value === 'object'),
    stop: z.instanceof(AbortSignal),
    isPartial: z.boolean(),
  }),
  create: ({ schema, rows, stop, isPartial }) => ({
    open: () => schema,
    async *read(): AsyncGenerator<EntryBatch> {
      for (const batch of rows) {
        stop.throwIfAborted();
        yield batch;
      }
    },
    isPartial: () => isPartial,
  }),
});

function damaged(directory: ScanDirectory, error: unknown): PwalkError {
  const why = escapeText(error instanceof Error ? error.message : String(error));
  return resumeRefused(
    directory.path,
    `The totals of directories in "${escapeText(directory.path)}/totals" cannot be used: ${why}. Put them back, or begin a new scan; the parts can be read as they are.`,
  );
}
