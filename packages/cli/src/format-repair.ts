import {
  failureLines,
  outcomeLines,
  type RepairResult,
  type RepairSummary,
  repairFacts,
  ruleLines,
  skipLines,
  undoLine,
} from '@pwalk/action-repair';
import { accountingLine, escapeText } from '@pwalk/core';
import { exactJson } from './exact-json.js';

const number = new Intl.NumberFormat('en-US');

/** What became of a repair, or would, for people. Safe for a terminal. */
export function formatRepair(result: RepairResult, isApplied: boolean): string {
  const { accounting, planned, plan, journal, leftovers } = result;
  const lines = accounting === null ? [] : [accountingLine(accounting)];
  lines.push(`${number.format(planned)} changes planned`);
  lines.push(...ruleLines(result));
  lines.push(...skipLines(result.skipped));
  if (isApplied) lines.push(...outcomeLines(result));
  else if (planned > 0) {
    lines.push(
      plan === null
        ? 'Nothing was changed. --apply makes the changes, --plan FILE stores them for review.'
        : `Nothing was changed. \`pwalk repair apply ${escapeText(plan)}\` makes the changes.`,
    );
  }
  lines.push(...failureLines(result));
  if (leftovers !== null) {
    lines.push(
      `${number.format(leftovers)} changes left at a second look; the same command makes them`,
    );
  }
  if (isApplied && journal !== null) lines.push(undoLine(journal));
  return lines.join('\n');
}

/** What became of an applied plan. */
export function formatApplied(summary: RepairSummary): string {
  const { planned, journal } = summary;
  const lines = [`${number.format(planned)} changes planned`];
  lines.push(...skipLines(summary.skipped), ...outcomeLines(summary), ...failureLines(summary));
  if (journal !== null) lines.push(undoLine(journal));
  return lines.join('\n');
}

/** What became of an undo. */
export function formatUndone(summary: RepairSummary): string {
  const { planned, applied, stale, setidLost, skipped } = summary;
  const lines = [
    `${number.format(planned)} changes to take back, ${number.format(applied)} taken back`,
  ];
  if (stale > 0) {
    lines.push(`${number.format(stale)} left alone: changed by somebody since, or gone`);
  }
  if (setidLost > 0) {
    lines.push(
      `${number.format(setidLost)} files do not get back their set-id bits or capabilities; set them by hand`,
    );
  }
  lines.push(...skipLines(skipped), ...failureLines(summary));
  return lines.join('\n');
}

/** The summary for programs: one JSON object on one line. */
export function jsonRepair(
  summary: RepairSummary,
  plan: string | null = null,
  leftovers: number | null = null,
): string {
  return exactJson({ ...repairFacts(summary), plan, leftovers });
}
