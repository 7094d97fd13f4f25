import { escapeMessage, groupDigits } from '@pwalk/core';
import { exactJson } from './exact-json.js';
import { formatSummary, jsonSummary, overflowLine } from './format-summary.js';
import type { RunSummary } from './run-pipeline.js';

/** What a report may come to, and a configured run may not. */
const ofReports = { matched: null, stopped: null, wasWhole: false } as const;

/** The summary of a configured run for people: that of a report, and what filters and actions did. */
export function formatRun(summary: RunSummary): string {
  const { accounting, rows, matched, actions, overflow } = summary;
  const lines: string[] = [];
  if (matched !== rows)
    lines.push(`${groupDigits(matched)} of ${groupDigits(rows)} rows came through the filters`);
  for (const { stage, planned, applied, lines: more } of actions) {
    lines.push(
      `${stage}: ${groupDigits(planned)} changes planned, ${groupDigits(applied)} applied`,
      ...more.map((line) => `  ${escapeMessage(line)}`),
    );
  }
  if (accounting === null) {
    lines.push(`${groupDigits(rows)} rows`);
    if (overflow !== null && overflow.batches > 0) lines.push(overflowLine(overflow));
  } else lines.push(formatSummary({ ...summary, accounting, ...ofReports }));
  return lines.join('\n');
}

/** The summary for programs: one JSON object on one line. */
export function jsonRun(summary: RunSummary): string {
  const { accounting, pipeline, rows, matched, effects, actions } = summary;
  const { complete, outputs, seconds, threads, overflow, exitCode } = summary;
  const run = exactJson({ pipeline, matched, effects, actions });
  const rest =
    accounting === null
      ? exactJson({
          entries: rows,
          complete,
          outputs,
          seconds,
          exitCode,
          threads: threads ?? undefined,
          overflow: overflow ?? undefined,
        })
      : jsonSummary({ ...summary, accounting, ...ofReports });
  return `${run.slice(0, -1)},${rest.slice(1)}`;
}
