import type { EntryBatch } from '@pwalk/core';
import type { Inheritance } from './addon.js';
import { Change } from './change.js';
import { LinkClosure } from './link-closure.js';
import { Nomination } from './nomination.js';
import { Nominees } from './nominees.js';
import type { Policy } from './policy.js';
import { checks, wordsOf } from './record-layout.js';
import { decide, forbidden, only } from './rules.js';
import { type ScannedColumns, scannedColumns } from './scanned-columns.js';
import type { SkipReason } from './skips.js';
import { inGroups, Spool } from './spool.js';
import type { Tally } from './summary.js';
import type { Tree } from './tree.js';

const EACCES = 13;

export interface PlannerParts {
  readonly tree: Tree;
  readonly policy: Policy;
  readonly tally: Tally;
  /** The root as the scan writes it: what every path begins with. */
  readonly typedRoot: Uint8Array;
  readonly threads: number;
}

/**
 * Collects what is to be changed. The entries a rule concerns are looked at again, by descriptors, in
 * threads beside the walk, for what a scan does not see: the group that is handed on from above, access
 * control lists, capabilities, flags, and the change time in nanoseconds.
 */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #nomination: Nomination;
  readonly #inheritance: Inheritance;
  readonly #changes = new Spool();
  readonly #links = new LinkClosure();
  readonly #nominees: Nominees;
  readonly #records: Buffer;
  readonly #words: Uint32Array;
  #taking: Promise<void> = Promise.resolve();

  constructor(parts: PlannerParts) {
    const { tree, policy, tally, typedRoot } = parts;
    this.#parts = parts;
    this.#nomination = new Nomination(tree, policy, tally);
    this.#inheritance = {
      trustedOwners: Uint32Array.from(policy.trustedOwners),
      badGroups: Uint32Array.from(policy.badGids),
    };
    this.#nominees = new Nominees(typedRoot);
    this.#records = this.#nominees.records;
    this.#words = wordsOf(this.#records);
  }

  /** Takes a batch, one at a time; when it resolves, the batch is not needed any more. */
  take(batch: EntryBatch): Promise<void> {
    this.#taking = this.#take(scannedColumns(batch));
    return this.#taking;
  }

  /**
   * All changes in the order of application: files with several names, then from the deepest entries
   * up, so that what is in a directory comes before it.
   * @param most changes in a group
   */
  groups(most: () => number): AsyncGenerator<Buffer> {
    return inGroups(this.#inOrder(), most);
  }

  async *#inOrder(): AsyncGenerator<Buffer> {
    yield* this.#links.closed((reason, names) => this.#parts.tally.skip(reason, names));
    for (const depth of this.#changes.piles.reverse()) yield* this.#changes.read(depth);
  }

  async close(): Promise<void> {
    // The batch under way is still in use.
    await this.#taking.catch(() => {});
    await this.#changes.close();
    await this.#links.close();
  }

  async #take(columns: ScannedColumns): Promise<void> {
    for (let row = 0; row < columns.length; ) {
      row = this.#nomination.nominate(columns, row, this.#nominees);
      await this.#inspect(columns);
    }
  }

  /** Looks at the nominees, and keeps those that may be changed. */
  async #inspect(columns: ScannedColumns): Promise<void> {
    const nominees = this.#nominees;
    if (nominees.length === 0) return;
    const { tree, tally, threads } = this.#parts;
    await tree.addon.inspect(nominees.memory(columns), threads, this.#inheritance);
    const { pending, noGroup, outside } = nominees.inspected((at, end) => {
      while (at < end) {
        const change = new Change(this.#records, this.#words, at);
        this.#judge(change);
        at += change.size;
      }
    });
    tally.skip('no_group', noGroup);
    tally.skip('outside', outside);
    tally.skip('changed', pending);
    nominees.clear();
    await this.#changes.settle();
    await this.#links.settle();
  }

  #judge(change: Change): void {
    const { tally } = this.#parts;
    switch (change.status) {
      case 'ok':
        if (!change.asksFor(checks.awaitsGroup) || this.#decide(change)) this.#keep(change);
        break;
      case 'mount':
      case 'protected':
        tally.skip(change.status);
        break;
      case 'failed':
        tally.fail(change.path, change.errno === 0 ? EACCES : change.errno);
        break;
      default:
        tally.skip('changed');
    }
  }

  /** What becomes of an entry that awaited the group from above. @returns whether anything does */
  #decide(change: Change): boolean {
    const { policy, tally } = this.#parts;
    const { isDirectory, permissions: mode, uid, gid } = change;
    const inherited = groupFrom(policy, change.handedOn);
    if (typeof inherited === 'string' && !isDirectory) {
      tally.skip(inherited);
      return false;
    }
    const decision = decide(policy, { isDirectory, mode, uid, gid }, inherited);
    if (decision.skip !== null) tally.skip(decision.skip);
    change.want(decision.mode, decision.uid, decision.gid, decision.rules);
    return decision.rules !== 0;
  }

  #keep(change: Change): void {
    const { policy, tally } = this.#parts;
    const reason = forbidden(policy, change);
    if (reason !== null) {
      tally.skip(reason);
      if (reason === 'immutable') return;
      const { isDirectory, permissions: mode, uid, gid } = change;
      const rest = only(policy, { isDirectory, mode, uid, gid }, reason);
      if (rest.rules === 0) return;
      change.want(rest.mode, rest.uid, rest.gid, rest.rules);
    }
    if (!change.isDirectory && change.nlink > 1) this.#links.add(change);
    else this.#changes.add(change.depth, change);
  }
}

/** The group that is handed on, where it may be given to an entry. */
function groupFrom(policy: Policy, handedOn: number): number | SkipReason {
  if (handedOn === 0) return 'no_group';
  const verdict = policy.judgeGroup(handedOn);
  return verdict === 'ok' ? handedOn : verdict;
}
