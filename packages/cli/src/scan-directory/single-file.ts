import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Accounting, escapeText, PwalkError } from '@pwalk/core';
import { OutputFile } from '@pwalk/core/io';
import { z } from 'zod';
import { resumeRefused } from './failures.js';
import { accountOf, jsonOf } from './scan-state.js';

/** What a scan directory is called that keeps the state of a single file, behind the name of the file. */
const ENDING = '.scan';

/** True of the name of an output that is to be one file in the end. */
export function isSingleFile(output: string): boolean {
  return /[^/]\.parquet$/i.test(output);
}

/** The scan directory of a file, beside it until it is whole. */
export function stateOf(file: string): string {
  return `${file}${ENDING}`;
}

/**
 * The file that a scan directory is for.
 * @throws PwalkError `PWALK_RESUME_REFUSED` when the directory was given another name
 */
export function fileOf(directory: string): string {
  const file = withoutEnding(/(?:^|\/)\.\.?\/*$/.test(directory) ? resolve(directory) : directory);
  if (file !== null) return file;
  throw resumeRefused(
    directory,
    `"${escapeText(directory)}" keeps the state of a file, and is not called like it; rename it to what it was, as scan.parquet${ENDING}.`,
  );
}

/** Null when no file is kept under that name. */
function withoutEnding(directory: string): string | null {
  const name = basename(directory, ENDING);
  if (name === basename(directory) || !isSingleFile(name)) return null;
  return join(dirname(directory), name);
}

/** The scan directory that a name means: its own, or that of the file it names. */
export async function directoryOf(path: string): Promise<string> {
  const isThere = (name: string) =>
    stat(name).then(
      (found) => found.isDirectory(),
      () => false,
    );
  return isSingleFile(path) && !(await isThere(path)) && (await isThere(stateOf(path)))
    ? stateOf(path)
    : path;
}

/**
 * Refuses what could not be written at the end of a scan, before it begins.
 * @throws PwalkError `PWALK_OUTPUT_OPEN`, `PWALK_OPTIONS_INVALID`
 */
export async function checkWritable(path: string): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing !== null && !existing.isFile() && !existing.isDirectory()) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `"${escapeText(path)}" is no file, and a checkpointed scan ends in one; give it a name of its own.`,
    );
  }
  const output = await OutputFile.open(path);
  await output.discard();
}

/** The key of how a file was put together, in its footer. */
export const JOINED_KEY = 'pwalk.joined';

const joined = z.object({ parts: z.int(), rows: z.int(), seconds: z.number() });

/** What a file says of the checkpointed scan that it is the whole of. */
export interface WholeFile {
  readonly path: string;
  readonly accounting: Accounting;
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * @param given the name of the file, or of the directory that is not there any more
 * @returns null when the file is not of a checkpointed scan, or there is none
 */
export async function wholeFile(given: string): Promise<WholeFile | null> {
  const path = isSingleFile(given) ? given : withoutEnding(given);
  if (path === null) return null;
  const { readMetadata } = await import('@pwalk/sink-parquet');
  const facts = await readMetadata(path);
  const how = joined.safeParse(jsonOf(facts?.get(JOINED_KEY) ?? 'null'));
  const accounting = accountOf(jsonOf(facts?.get('pwalk.counts') ?? 'null'));
  if (!how.success || accounting === null) return null;
  const { size } = await lstat(path);
  return { path, accounting, rows: how.data.rows, seconds: how.data.seconds, bytes: size };
}
