import { escapeText, PwalkError } from '@pwalk/core';
import type { AuditLog } from './audit-log.js';
import { Change } from './change.js';
import { ChangeRecords } from './change-records.js';
import type { Journal } from './journal.js';
import { appendRedo, journaledChange } from './journaled-change.js';
import { type JournalIndex, readJournal } from './read-journal.js';
import { checks } from './record-layout.js';
import type { Tally } from './summary.js';
import type { Tree } from './tree.js';

const TYPE_BITS = 0o170000;

interface Parts {
  readonly tree: Tree;
  readonly journal: Journal;
  readonly audit: AuditLog;
  readonly tally: Tally;
  readonly threads: number;
  /** Hash of the plan that is applied; a journal goes on with the plan it was begun with. */
  readonly plan: string | null;
}

/**
 * Brings changes to an end that a run before this one had begun in the same journal when it was killed:
 * those that are half made are made whole. Those that had not been begun are left to the plan.
 */
export async function finishOpenChanges(parts: Parts): Promise<void> {
  const { tree, journal, audit, tally, threads } = parts;
  const index = await readJournal(journal.file, journal.path);
  checkRoot(index, tree, journal.path);
  if (index.plan !== parts.plan) {
    throw new PwalkError(
      'PWALK_JOURNAL_REFUSED',
      `The journal "${escapeText(journal.path)}" was begun with another plan; name another file.`,
    );
  }
  const found = new Uint32Array(3);
  for (const seq of index.changes) {
    if (index.fate(seq) !== 'open') continue;
    const intent = await index.intent(seq);
    const { old } = journaledChange(intent);
    const records = new ChangeRecords();
    appendRedo(records, intent);
    const bytes = records.finish();
    const change = new Change(bytes);
    const isUntouched = tree.addon.look(bytes, found) && isAs(found, old.uid, old.gid, old.mode);
    if (!isUntouched) {
      change.check(checks.partial);
      await tree.addon.change(bytes, threads);
      if (change.status === 'done') tally.applied++;
    }
    // It was the run before this one that made it so.
    journal.result(seq, change, change.status === 'already' ? 'done' : change.status);
    if (!isUntouched) audit.changed(change, 'change');
  }
  await journal.commit();
  await audit.commit();
}

function isAs([uid, gid, mode]: Uint32Array, ...old: readonly number[]): boolean {
  return uid === old[0] && gid === old[1] && (mode & ~TYPE_BITS) === old[2];
}

/** @throws PwalkError `PWALK_JOURNAL_REFUSED` when the journal is that of another tree */
export function checkRoot(index: JournalIndex, tree: Tree, journal: string): void {
  const { dev, inode } = tree.status;
  if (index.root.dev === dev && index.root.inode === inode) return;
  throw new PwalkError(
    'PWALK_JOURNAL_REFUSED',
    `The journal "${escapeText(journal)}" is that of "${escapeText(index.root.path)}", and "${tree.shown}" is another directory.`,
  );
}
