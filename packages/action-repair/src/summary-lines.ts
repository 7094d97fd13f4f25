import { getSystemErrorMap } from 'node:util';
import { escapeText } from '@pwalk/core';
import { type SkipReason, skipReasons } from './skips.js';
import type { Example, RepairSummary } from './summary.js';

const number = new Intl.NumberFormat('en-US');

/** What is to be changed by which rule, with examples. */
export function ruleLines({ byRule, examples, widenedAclEntries }: RepairSummary): string[] {
  const lines: string[] = [];
  const examplesOf = new Map(Object.entries(examples));
  for (const [rule, count] of Object.entries(byRule)) {
    if (count === 0) continue;
    lines.push(`  ${rule}: ${number.format(count)}`);
    for (const example of examplesOf.get(rule) ?? []) lines.push(`    ${exampleLine(example)}`);
  }
  if (widenedAclEntries > 0) {
    lines.push(
      `  ${number.format(widenedAclEntries)} entries of access control lists gain rights by their new masks`,
    );
  }
  return lines;
}

/** What became of the changes. */
export function outcomeLines({ applied, stale, setidLost, stopped }: RepairSummary): string[] {
  const lines = [`${number.format(applied)} changes made`];
  if (stale > 0) lines.push(`${number.format(stale)} left alone: not as they were planned`);
  if (setidLost > 0) {
    lines.push(`${number.format(setidLost)} files lost set-id bits or capabilities`);
  }
  if (stopped !== null) lines.push(`stopped at ${stopped}; the same command goes on`);
  return lines;
}

/** What was left alone, and why. */
export function skipLines(skipped: RepairSummary['skipped']): string[] {
  return Object.entries(skipped).map(
    ([reason, count]) =>
      `skipped ${number.format(count)} ${reason}: ${isReason(reason) ? skipReasons[reason] : ''}`,
  );
}

function isReason(reason: string): reason is SkipReason {
  return reason in skipReasons;
}

/** What could not be read or changed. */
export function failureLines({ errors, failures }: RepairSummary): string[] {
  if (errors === 0) return [];
  const lines = [`${number.format(errors)} entries could not be read or changed:`];
  for (const { path, errno } of failures) {
    const [code, text] = getSystemErrorMap().get(-errno) ?? ['', 'changed by somebody meanwhile'];
    lines.push(`  ${shown(path)}: ${code} ${text}`.trimEnd());
  }
  return lines;
}

/** How the changes are taken back. */
export function undoLine(journal: string): string {
  return `\`pwalk repair undo ${escapeText(journal)}\` takes the changes back.`;
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

/** The summary for programs. */
export function repairFacts(summary: RepairSummary) {
  const { planned, applied, stale, skipped, errors, byRule, journal, exitCode } = summary;
  const { stopped, setidLost, widenedAclEntries } = summary;
  const counts = { planned, applied, stale, skipped, errors, byRule, journal, exitCode };
  return { ...counts, stopped, setidLost, widenedAclEntries };
}
