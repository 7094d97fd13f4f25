import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { ENTRY_SCHEMA_VERSION, escapeText, isComplete, type Output, PwalkError } from '@pwalk/core';
import { OutputFile, syncDirectory } from '@pwalk/core/io';
import { exactJson } from '../exact-json.js';
import { formatOf } from '../output-format.js';
import { resumeRefused } from './failures.js';
import type { TablePaths } from './publish-tables.js';
import type { PartTable, ScanDirectory } from './scan-directory.js';
import type { ScanState } from './scan-state.js';
import { fileOf, JOINED_KEY } from './single-file.js';

/** How far a run got. */
export interface ScanEnd {
  readonly state: ScanState;
  /** Nothing is left to walk, nor to write. */
  readonly isWhole: boolean;
  /** The tables of directories that the run has written. */
  readonly tables?: readonly Output[];
}

/**
 * Writes what a scan came to when every directory has its rows in a committed part: the tables of errors and
 * of directories, then the manifest, or the single file. Any of it may have been written by a run before that was killed:
 * then it is written anew.
 *
 * @param paths of the tables of directories, as the user calls them
 * @param stop gives up between two pieces of a copy
 * @returns the last commit, and whether all of it was written
 * @throws PwalkError `PWALK_OUTPUT_OPEN`, `PWALK_OUTPUT_WRITE`, `PWALK_RESUME_REFUSED`
 */
export async function publishScan(
  directory: ScanDirectory,
  state: ScanState,
  paths: TablePaths,
  stop: AbortSignal,
): Promise<ScanEnd> {
  const { errors, singleFile } = state.scan.settings;
  try {
    if (errors !== undefined) await writeJoined(directory, state, 'errors', errors, stop);
    const tables = await tablesOf(directory, state, paths, stop);
    if (!singleFile) {
      await directory.publishManifest(manifestOf(state, tables));
      return { state, isWhole: true, tables };
    }
    const file = fileOf(directory.path);
    const bytes = await writeJoined(directory, state, 'parts', directory.joinedPath, stop);
    await giveName(directory.joinedPath, file);
    const published = { ...state, generation: state.generation + 1, published: bytes };
    await directory.commit(published);
    return { state: published, isWhole: true, tables };
  } catch (error) {
    if (stop.aborted && error === stop.reason) return { state, isWhole: false };
    throw error;
  }
}

async function tablesOf(
  directory: ScanDirectory,
  state: ScanState,
  paths: TablePaths,
  stop: AbortSignal,
): Promise<readonly Output[]> {
  if (paths.directories === undefined && paths.hardLinks === undefined) return [];
  const { publishTables } = await import('./publish-tables.js');
  return publishTables(directory, state, paths, stop);
}

function manifestOf(
  { scan, parts, accounting, seconds }: ScanState,
  tables: readonly Output[],
): object {
  const { settings, ...head } = scan;
  return {
    version: 1,
    schemaVersion: ENTRY_SCHEMA_VERSION,
    complete: accounting !== null && isComplete(accounting),
    scan: head,
    finishedAt: new Date().toISOString(),
    seconds: Number(seconds.toFixed(3)),
    counts: accounting,
    rows: sum(parts.map(({ rows }) => rows)),
    bytes: sum(parts.map(({ bytes }) => bytes)),
    parts: parts.map(({ name, ...part }) => ({ path: `parts/${name}`, ...part })),
    ...(tables.length === 0
      ? {}
      : { tables: tables.map((table) => ({ ...table, path: resolve(table.path) })) }),
    settings,
  };
}

/** Writes the files of a table as one. @returns its length */
async function writeJoined(
  directory: ScanDirectory,
  state: ScanState,
  table: PartTable,
  path: string,
  stop: AbortSignal,
): Promise<number> {
  const paths = state[table].map(({ name }) => directory.partPath(table, name));
  const output = await OutputFile.open(path);
  try {
    if (formatOf(path) === 'parquet') {
      const { joinFiles } = await import('@pwalk/sink-parquet');
      const expected = sum(state[table].map(({ rows }) => rows));
      const made = await joinFiles(paths, output, factsOf(state), stop);
      if (made.rows !== expected) {
        throw new Error(`they have ${made.rows} rows, and ${expected} were committed`);
      }
    } else {
      for (const [at, part] of paths.entries()) {
        await append(part, output, at > 0 && formatOf(path) === 'csv', stop);
      }
    }
    await output.publish();
    return output.bytes;
  } catch (error) {
    await output.discard();
    if (error instanceof PwalkError || error === stop.reason) throw error;
    const why = escapeText(error instanceof Error ? error.message : String(error));
    throw resumeRefused(
      directory.path,
      `The parts of the scan cannot be put together: ${why}. They can be read as they are, in "${escapeText(directory.path)}/${table}".`,
    );
  }
}

/** What the footer of a whole file says otherwise than that of a part. */
function factsOf({ accounting, parts, seconds }: ScanState): ReadonlyMap<string, string> {
  const rows = sum(parts.map((part) => part.rows));
  return new Map([
    ['pwalk.finished_at', new Date().toISOString()],
    ['pwalk.counts', exactJson(accounting)],
    ['pwalk.complete', String(accounting !== null && isComplete(accounting))],
    [JOINED_KEY, exactJson({ parts: parts.length, rows, seconds: Number(seconds.toFixed(3)) })],
  ]);
}

const COPIED_AT_ONCE = 1 << 20;

/** Copies a file of text to the end of another, without its first line where that is a header. */
async function append(
  path: string,
  output: OutputFile,
  isHeaded: boolean,
  stop: AbortSignal,
): Promise<void> {
  const file = await open(path, constants.O_RDONLY);
  try {
    let isInHeader = isHeaded;
    for (;;) {
      stop.throwIfAborted();
      const { bytesRead, buffer } = await file.read(Buffer.alloc(COPIED_AT_ONCE));
      if (bytesRead === 0) return;
      const read = buffer.subarray(0, bytesRead);
      // Names of columns have no line feed.
      const end = isInHeader ? read.indexOf('\n') + 1 : 0;
      isInHeader &&= end === 0;
      if (!isInHeader) await output.write(read.subarray(end));
    }
  } finally {
    await file.close();
  }
}

async function giveName(path: string, name: string): Promise<void> {
  try {
    await rename(path, name);
    await syncDirectory(dirname(name));
  } catch (cause) {
    throw new PwalkError(
      'PWALK_OUTPUT_WRITE',
      `"${escapeText(basename(path))}" cannot be renamed to "${escapeText(name)}"; see what is there, and whether you may write to its directory.`,
      { path: name, cause },
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
