import { getSystemErrorMap } from 'node:util';
import {
  type Example,
  type RepairResult,
  type RepairSummary,
  type SkipReason,
  skipReasons,
} from '@pwalk/action-repair';
import { accountingLine, escapeText } from '@pwalk/core';
import { exactJson } from './exact-json.js';

const number = new Intl.NumberFormat('en-US');

/** What became of a repair, or would, for people. Safe for a terminal. */
export function formatRepair(result: RepairResult, isApplied: boolean): string {
  const { accounting, planned, plan, journal } = result;
  const lines = accounting === null ? [] : [accountingLine(accounting)];
  lines.push(`${number.format(planned)} changes planned`);
  for (const [rule, count] of Object.entries(result.byRule)) {
    if (count === 0) continue;
    lines.push(`  ${rule}: ${number.format(count)}`);
    for (const example of examplesOf(result, rule)) lines.push(`    ${exampleLine(example)}`);
  }
  if (result.widenedAclEntries > 0) {
    lines.push(
      `  ${number.format(result.widenedAclEntries)} entries of access control lists gain rights by their new masks`,
    );
  }
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
export function jsonRepair(summary: RepairSummary, plan: string | null = null): string {
  const { planned, applied, stale, skipped, errors, byRule, journal, exitCode } = summary;
  const { stopped, setidLost, widenedAclEntries } = summary;
  const counts = { planned, applied, stale, skipped, errors, byRule, journal, exitCode };
  return exactJson({ ...counts, stopped, setidLost, widenedAclEntries, plan });
}

function outcomeLines({ applied, stale, setidLost, stopped }: RepairSummary): string[] {
  const lines = [`${number.format(applied)} changes made`];
  if (stale > 0) lines.push(`${number.format(stale)} left alone: not as they were planned`);
  if (setidLost > 0) {
    lines.push(`${number.format(setidLost)} files lost set-id bits or capabilities`);
  }
  if (stopped !== null) lines.push(`stopped by --${stopped}; the same command goes on`);
  return lines;
}

function skipLines(skipped: RepairSummary['skipped']): string[] {
  return Object.entries(skipped).map(
    ([reason, count]) =>
      `skipped ${number.format(count)} ${reason}: ${isReason(reason) ? skipReasons[reason] : ''}`,
  );
}

function isReason(reason: string): reason is SkipReason {
  return reason in skipReasons;
}

function failureLines({ errors, failures }: RepairSummary): string[] {
  if (errors === 0) return [];
  const lines = [`${number.format(errors)} entries could not be read or changed:`];
  for (const { path, errno } of failures) {
    const [code, text] = getSystemErrorMap().get(-errno) ?? ['', 'changed by somebody meanwhile'];
    lines.push(`  ${shown(path)}: ${code} ${text}`.trimEnd());
  }
  return lines;
}

function undoLine(journal: string): string {
  return `\`pwalk repair undo ${escapeText(journal)}\` takes the changes back.`;
}

function examplesOf({ examples }: RepairResult, rule: string): readonly Example[] {
  return Object.entries(examples).find(([name]) => name === rule)?.[1] ?? [];
}

function exampleLine(example: Example): string {
  const { path, uid, gid, mode, newUid, newGid, newMode } = example;
  const image = (owner: number, group: number, bits: number) =>
    `${owner}:${group} ${bits.toString(8).padStart(4, '0')}`;
  return `${shown(path)}: ${image(uid, gid, mode)} -> ${image(newUid, newGid, newMode)}`;
}

const LONGEST_PATH = 200;

/** A path below the root on a line: escaped, and its middle left out where it is long. */
function shown(path: Uint8Array): string {
  const text = escapeText(path) || '.';
  if (text.length <= LONGEST_PATH) return text;
  return `${text.slice(0, LONGEST_PATH / 2)}…${text.slice(-LONGEST_PATH / 2)}`;
}
