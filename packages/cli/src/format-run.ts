import { formatSummary, jsonSummary } from './format-summary.js';
import type { RunSummary } from './run-pipeline.js';

const number = new Intl.NumberFormat('en-US');

/** The summary of a configured run for people: that of a report, and what filters and actions did. */
export function formatRun(summary: RunSummary): string {
  const { accounting, rows, matched, effects } = summary;
  const lines: string[] = [];
  if (matched !== rows)
    lines.push(`${number.format(matched)} of ${number.format(rows)} rows came through the filters`);
  if (effects.planned > 0)
    lines.push(
      `${number.format(effects.planned)} changes planned, ${number.format(effects.applied)} applied`,
    );
  if (accounting === null) lines.push(`${number.format(rows)} rows`);
  else lines.push(formatSummary({ ...summary, accounting }));
  return lines.join('\n');
}

/** The summary for programs: one JSON object on one line. */
export function jsonRun(summary: RunSummary): string {
  const { accounting, pipeline, rows, matched, effects } = summary;
  const { complete, outputs, seconds, exitCode } = summary;
  const run = JSON.stringify({ pipeline, matched, effects });
  const rest =
    accounting === null
      ? JSON.stringify({ entries: rows, complete, outputs, seconds, exitCode })
      : jsonSummary({ ...summary, accounting });
  return `${run.slice(0, -1)},${rest.slice(1)}`;
}
