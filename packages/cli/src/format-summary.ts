import {
  accountingLine,
  describeErrno,
  escapeText,
  groupDigits,
  missingStates,
  type SourceThreads,
  type Spooled,
  skippedByState,
} from '@pwalk/core';
import { exactJson } from './exact-json.js';
import type { ReportSummary } from './report.js';
import { formatSize } from './size.js';

/** The summary for people, some lines of text without a final newline. Safe for a terminal. */
export function formatSummary(summary: ReportSummary): string {
  const { accounting, matched, outputs, errors, skipped, seconds, threads } = summary;
  const { files, directories, symlinks, other, bytes } = accounting;
  const lines = [
    `${groupDigits(files)} files, ${groupDigits(directories)} directories, ${groupDigits(symlinks)} symlinks, ${groupDigits(other)} other${bytes === null ? '' : `; ${formatSize(bytes)}`}`,
    accountingLine(accounting),
  ];
  if (matched !== null) {
    lines.push(
      `${groupDigits(matched)} of ${groupDigits(accounting.rows)} rows came through the filters`,
    );
  }
  if (skipped > 0) {
    lines.push(
      `${groupDigits(skipped)} directories not entered by rule: ${skippedByState(accounting)}`,
    );
  }
  if (accounting.clampedTimes > 0) {
    lines.push(
      `${groupDigits(accounting.clampedTimes)} times out of range, stored as the nearest that fits`,
    );
  }
  if (summary.spilledBytes > 0) {
    lines.push(
      `${formatSize(summary.spilledBytes)} of directories that waited did not fit into memory, and were on disk meanwhile`,
    );
  }
  const { overflow } = summary;
  if (overflow !== null && overflow.batches > 0) lines.push(overflowLine(overflow));
  if (errors > 0) {
    lines.push(`${groupDigits(errors)} entries could not be read, so the result is incomplete:`);
    for (const { path, state, errno, operation } of summary.errorExamples) {
      const [code, reason] = describeErrno(errno);
      lines.push(`  ${state}: ${escapeText(path)}: ${operation}: ${code} ${reason}`);
    }
    if (errors > summary.errorExamples.length) {
      lines.push(
        `  … and ${groupDigits(errors - summary.errorExamples.length)} more${matched === null ? `: select * where state in (${missingStates.map((state) => `'${state}'`).join(', ')})` : '; --errors FILE keeps them all'}`,
      );
    }
  }
  for (const { path, rows, bytes: size } of outputs) {
    lines.push(
      `${escapeText(path)}: ${groupDigits(rows)} rows${size === null ? '' : `, ${formatSize(size)}`}`,
    );
  }
  if (summary.stopped !== null) lines.push(stopLine(summary.stopped, outputs[0]?.path ?? ''));
  if (summary.wasWhole) lines.push('The scan was whole already: nothing was left to do.');
  const rate =
    seconds > 0 ? `, ${groupDigits(Math.round(accounting.rows / seconds))} entries/s` : '';
  const crew = threads === null ? '' : `, ${formatThreads(threads)}`;
  lines.push(`${seconds.toFixed(1)} s${rate}${crew}`);
  return lines.join('\n');
}

/** `2 threads`; `2 to 32 threads, as a call took 0.52 ms`. */
function formatThreads({ least, peak, callMicroseconds }: SourceThreads): string {
  if (peak === null || peak <= least) return `${least} thread${least === 1 ? '' : 's'}`;
  const why =
    callMicroseconds === null ? '' : `, as a call took ${(callMicroseconds / 1000).toFixed(2)} ms`;
  return `${least} to ${peak} threads${why}`;
}

/** That a run was stopped, and how to go on. */
function stopLine(
  { reason, directoriesLeft, resumable }: NonNullable<ReportSummary['stopped']>,
  path: string,
): string {
  const why = reason === 'time limit' ? 'stopped at the time limit' : 'stopped as asked';
  const left =
    directoriesLeft === 0
      ? 'every directory was read, and what came of it is still to be written'
      : directoriesLeft === null
        ? 'directories are left that were not read'
        : `${groupDigits(directoriesLeft)} directories are left, with what is below them`;
  if (!resumable) return `${why}: ${left}, so the result is incomplete`;
  return `${why}: ${left}; go on with: pwalk resume ${escapeText(path)}`;
}

/** What was on disk because somebody was slow to take it. */
export function overflowLine({ batches, bytes, peak }: Spooled): string {
  return `${groupDigits(batches)} batches, ${formatSize(bytes)}, were found before outputs were ready for them, and were on disk meanwhile, ${formatSize(peak)} at a time at most`;
}

/** The summary for programs: one JSON object on one line. Counts are exact, whatever their size. */
export function jsonSummary(summary: ReportSummary): string {
  const { accounting, matched, outputs, errors, skipped, complete, seconds, exitCode } = summary;
  const { threads } = summary;
  const { rows, files, directories, symlinks, other, bytes, vanished, excluded, read } = accounting;
  return exactJson({
    entries: rows,
    files,
    directories,
    symlinks,
    other,
    bytes,
    errors,
    vanished,
    skipped,
    complete,
    outputs,
    matched: matched ?? undefined,
    seconds: Number(seconds.toFixed(3)),
    stopped: summary.stopped ?? undefined,
    exitCode,
    read,
    excluded,
    states: accounting.states,
    clampedTimes: accounting.clampedTimes,
    threads: threads ?? undefined,
    spilled: summary.spilledBytes > 0 ? summary.spilledBytes : undefined,
    overflow: summary.overflow ?? undefined,
  });
}
