import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { exitCodes } from '@pwalk/core';
import { AuditLog } from './audit-log.js';
import { Change, changesIn, levelsOf } from './change.js';
import { ChangeRecords } from './change-records.js';
import { losesSetid } from './change-session.js';
import { interrupted } from './interrupted.js';
import { Journal, journalHead } from './journal.js';
import { appendRedo, appendUndo } from './journaled-change.js';
import { checkPrivileges } from './privileges.js';
import { type Intent, type JournalIndex, readJournal } from './read-journal.js';
import { checks } from './record-layout.js';
import { checkRoot } from './resume.js';
import { type RepairSummary, Tally } from './summary.js';
import { openTree, type Tree } from './tree.js';

/** Changes undone in one go. */
const GROUP_CHANGES = 512;

export interface UndoOptions {
  /** @default 2 */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes back what a journal says was changed, last change first, where the entry is still as the change
 * left it; what somebody changed since is left alone and counted as stale. May be repeated, and killed:
 * it is journaled itself, in the same file.
 * @throws PwalkError `PWALK_JOURNAL_REFUSED`, `PWALK_APPLY_REFUSED`
 */
export async function undo(path: string, options: UndoOptions = {}): Promise<RepairSummary> {
  const { threads = 2, signal } = options;
  const journal = await Journal.reopen(resolve(path));
  const tally = new Tally();
  tally.journal = journal.path;
  const run = randomUUID();
  let audit: AuditLog | null = null;
  let tree: Tree | null = null;
  try {
    const index = await readJournal(journal.file, journal.path);
    tree = openTree(index.root.path, [journal.identity]);
    checkRoot(index, tree, journal.path);
    checkPrivileges(tree);
    audit = await AuditLog.open({
      path: `${journal.path}.${run.slice(0, 8)}.audit.jsonl`,
      run,
      plan: index.plan,
      root: tree.path,
    });
    journal.begin(journalHead(run, tree, { plan: null, undo: true }));
    const { addon } = tree;
    signal?.addEventListener('abort', () => addon.stop(), { once: true });
    for await (const group of groups(index)) {
      if (signal?.aborted) throw interrupted(tally, signal);
      await undoGroup({ tree, journal, audit, tally, threads }, index, group);
    }
    if (signal?.aborted) throw interrupted(tally, signal);
    journal.end(run, tally.applied);
  } finally {
    tree?.addon.close();
    await audit?.close(tally.sums());
    await journal.close();
  }
  const summary = tally.summary(0);
  // What cannot be given back is missing from the result.
  const isWhole = summary.exitCode !== exitCodes.complete || summary.setidLost === 0;
  return isWhole ? summary : { ...summary, exitCode: exitCodes.incomplete };
}

interface Parts {
  readonly tree: Tree;
  readonly journal: Journal;
  readonly audit: AuditLog;
  readonly tally: Tally;
  readonly threads: number;
}

/** Notes a group in the journal, takes it back, and notes what came of it. */
async function undoGroup(
  parts: Parts,
  index: JournalIndex,
  group: readonly Intent[],
): Promise<void> {
  const { tree, journal, audit, tally, threads } = parts;
  const records = new ChangeRecords();
  for (const intent of group) appendUndo(records, intent);
  const bytes = records.finish();
  const changes = [...changesIn(bytes)];
  const numbers = changes.map((change, at) => {
    const { seq } = group[at];
    if (index.fate(seq) !== 'done') change.check(checks.partial);
    tally.planned++;
    return journal.intend(change, seq);
  });
  await journal.commit();
  for (const level of levelsOf(bytes)) await tree.addon.change(level, threads);
  changes.forEach((change, at) => {
    journal.result(numbers[at], change);
    audit.changed(change, 'undo');
    switch (change.status) {
      case 'done':
        tally.applied++;
        if (hadSetid(group[at])) tally.setidLost++;
        break;
      case 'already':
        tally.skip('already');
        break;
      case 'failed':
      case 'mismatch':
        tally.fail(change.path, change.errno);
        break;
      case 'pending':
        break;
      default:
        tally.stale++;
    }
  });
  await journal.commit();
  await audit.commit();
}

/** What is to be undone, last change first, in groups. */
async function* groups(index: JournalIndex): AsyncGenerator<Intent[]> {
  let group: Intent[] = [];
  for (const seq of [...index.changes].reverse()) {
    const fate = index.fate(seq);
    if (fate === 'not_done' || fate === 'undone') continue;
    const intent = await index.intent(seq);
    if (group.length >= GROUP_CHANGES) {
      yield group;
      group = [];
    }
    group.push(intent);
  }
  if (group.length > 0) yield group;
}

/** Whether the change took set-id bits or capabilities away. */
function hadSetid(intent: Intent): boolean {
  const records = new ChangeRecords();
  appendRedo(records, intent);
  return losesSetid(new Change(records.finish()));
}
