import { resolve } from 'node:path';
import { type FileIdentity, PwalkError } from '@pwalk/core';
import { AuditLog } from './audit-log.js';
import { type Change, changesIn, levelsOf } from './change.js';
import { defaultJournalPath, Journal, journalHead } from './journal.js';
import { checkPrivileges } from './privileges.js';
import { checks } from './record-layout.js';
import { finishOpenChanges } from './resume.js';
import type { Tally } from './summary.js';
import { openTree, type Tree } from './tree.js';

const SET_ID = 0o6000;

export interface SessionOptions {
  readonly tree: Tree;
  readonly tally: Tally;
  readonly threads: number;
  /** File to create or to go on with; a new one in the default place when not given. */
  readonly journal: string | undefined;
  readonly run: string;
  /** Hash of the plan that is applied. */
  readonly plan: string | null;
  /** More files of this run. */
  readonly own?: readonly FileIdentity[];
}

/**
 * A run that changes things, with its journal and its audit log. Changes are made in groups: all of a
 * group are in the journal, durably, before the first of them is made; what came of them follows in the
 * journal and in the audit log. Changes of one depth are made in parallel, one depth after the other: what
 * is in a directory is changed before the directory.
 */
export class ChangeSession {
  /** The tree, opened anew with the session's own files protected. */
  readonly tree: Tree;
  readonly #journal: Journal;
  readonly #audit: AuditLog;
  readonly #options: SessionOptions;
  #numbers: number[] = [];

  private constructor(tree: Tree, journal: Journal, audit: AuditLog, options: SessionOptions) {
    this.tree = tree;
    this.#journal = journal;
    this.#audit = audit;
    this.#options = options;
  }

  /**
   * Checks that changes may be made, opens what records them, and ends what a run that was killed left
   * half done in the same journal.
   * @throws PwalkError `PWALK_APPLY_REFUSED`, `PWALK_JOURNAL_REFUSED`
   */
  static async open(options: SessionOptions): Promise<ChangeSession> {
    const { tree, run, plan, tally, threads } = options;
    checkPrivileges(tree);
    const path = options.journal ?? (await defaultJournalPath(run, new Date()));
    const journal = await Journal.open(resolve(path));
    let audit: AuditLog | null = null;
    let again: Tree | null = null;
    try {
      audit = await AuditLog.open({
        path: `${journal.path}.${run.slice(0, 8)}.audit.jsonl`,
        run,
        plan,
        root: tree.path,
      });
      const own = [...(options.own ?? []), journal.identity];
      if (audit.identity !== null) own.push(audit.identity);
      again = openTree(tree.path, own);
      if (again.status.inode !== tree.status.inode || again.status.dev !== tree.status.dev) {
        throw new PwalkError('PWALK_APPLY_REFUSED', `"${tree.shown}" was replaced just now.`);
      }
      tally.journal = journal.path;
      const session = new ChangeSession(again, journal, audit, options);
      if (journal.isOld) {
        await finishOpenChanges({ tree: again, journal, audit, tally, threads, plan });
      }
      journal.begin(journalHead(run, again, { plan, undo: false }));
      // What is killed while it plans leaves a journal to go on with.
      await journal.commit();
      return session;
    } catch (error) {
      again?.addon.close();
      await audit?.discard();
      if (journal.isOld) await journal.close();
      else await journal.discard();
      throw error;
    }
  }

  /** Notes a group of records in the journal, and waits until the disk has them. */
  async note(records: Buffer): Promise<void> {
    this.#numbers = [];
    for (const change of changesIn(records)) {
      change.check(checks.ctime | checks.features);
      this.#numbers.push(this.#journal.intend(change));
    }
    await this.#journal.commit();
  }

  /** Makes the changes that were noted last. @returns how many are made */
  async make(records: Buffer): Promise<number> {
    const { tally, threads } = this.#options;
    for (const level of levelsOf(records)) await this.tree.addon.change(level, threads);
    const before = tally.applied;
    let at = 0;
    for (const change of changesIn(records)) {
      this.#journal.result(this.#numbers[at++], change);
      this.#audit.changed(change, 'change');
      this.#count(change);
    }
    await this.#audit.commit();
    return tally.applied - before;
  }

  /** Ends the records. What changed nothing leaves no files behind. */
  async close(): Promise<void> {
    const { tally } = this.#options;
    this.tree.addon.close();
    if (this.#journal.isEmpty) {
      tally.journal = null;
      await this.#audit.discard();
      await this.#journal.discard();
      return;
    }
    try {
      await this.#audit.close(tally.sums());
      this.#journal.end(this.#options.run, tally.applied);
    } finally {
      await this.#journal.close();
    }
  }

  #count(change: Change): void {
    const { tally } = this.#options;
    switch (change.status) {
      case 'done':
        tally.applied++;
        if (losesSetid(change)) tally.setidLost++;
        break;
      case 'already':
      case 'hardlink_outside':
        tally.skip(change.status);
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
  }
}

/** Whether set-id bits or capabilities go with the change. */
export function losesSetid(change: Change): boolean {
  if (change.isDirectory) return false;
  const caps = change.moves && change.has('capability');
  return caps || (change.permissions & SET_ID & ~change.newMode) !== 0;
}
