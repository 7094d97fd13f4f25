import { lstat } from 'node:fs/promises';
import {
  errorCount,
  exitCodes,
  isComplete,
  type Output,
  type SourceThreads,
  skippedCount,
} from '@pwalk/core';
import { formatOf } from '../output-format.js';
import type { ReportSummary } from '../report.js';
import type { StopRequest } from '../stop-request.js';
import type { ScanEnd } from './publish-scan.js';
import type { WholeFile } from './single-file.js';

/**
 * The summary of a scan, as far as it is.
 * @param path as the user called it
 * @param stop of the run; null when there was nothing left to do
 * @param errorsPath as the user called the table of errors; undefined where none was asked for
 * @param threads of the run; null when it walked nothing
 */
export async function summaryOf(
  { state, isWhole, tables = [] }: ScanEnd,
  path: string,
  stop: StopRequest | null,
  errorsPath = state.scan.settings.errors,
  threads: SourceThreads | null = null,
): Promise<ReportSummary> {
  const { directoriesLeft, scan, parts } = state;
  const { filters, failOnMatch = false } = scan.settings;
  const account = state.accounting ?? nothing;
  const complete = isWhole && isComplete(account);
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const matched = filters.length === 0 ? null : rows;
  const isFinding = failOnMatch && rows > 0;
  const ended = isFinding
    ? exitCodes.refused
    : complete
      ? exitCodes.complete
      : exitCodes.incomplete;
  return {
    accounting: account,
    matched,
    errors: errorCount(account),
    errorExamples: state.errorExamples,
    skipped: skippedCount(account),
    complete,
    outputs: [...(await outputsOf({ state, isWhole }, path, rows, errorsPath)), ...tables],
    spilledBytes: state.spilledBytes,
    overflow: state.overflow,
    seconds: state.seconds,
    threads,
    stopped: isWhole
      ? null
      : { reason: stop?.reason ?? 'request', directoriesLeft, resumable: true },
    wasWhole: stop === null,
    exitCode: !isWhole ? exitCodes.resumable : stop === null ? exitCodes.complete : ended,
  };
}

/** The summary of a scan of which the file alone is left. */
export function summaryOfFile({
  path,
  accounting,
  rows,
  bytes,
  seconds,
}: WholeFile): ReportSummary {
  return {
    accounting,
    matched: null,
    errors: errorCount(accounting),
    errorExamples: [],
    skipped: skippedCount(accounting),
    complete: isComplete(accounting),
    outputs: [{ path, format: 'parquet', rows, bytes }],
    spilledBytes: 0,
    overflow: null,
    seconds,
    threads: null,
    stopped: null,
    wasWhole: true,
    exitCode: exitCodes.complete,
  };
}

async function outputsOf(
  { state: { parts, errors, published }, isWhole }: ScanEnd,
  path: string,
  rows: number,
  table: string | undefined,
): Promise<Output[]> {
  const size = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const entries = {
    path,
    format: 'parquet',
    rows,
    bytes: published ?? size,
  };
  if (table === undefined || !isWhole) return [entries];
  return [
    entries,
    {
      path: table,
      format: formatOf(table),
      rows: errors.reduce((sum, part) => sum + part.rows, 0),
      bytes: await lengthOf(table),
      table: 'errors',
    },
  ];
}

/** Null when it is not there, or not any more. */
async function lengthOf(file: string): Promise<number | null> {
  return lstat(file).then(
    ({ size }) => size,
    () => null,
  );
}

const nothing = {
  read: 0,
  rows: 0,
  vanished: 0,
  excluded: 0,
  files: 0,
  directories: 0,
  symlinks: 0,
  other: 0,
  bytes: 0n,
  states: {},
  clampedTimes: 0,
};
