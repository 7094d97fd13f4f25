import type { EntryBatch } from '@pwalk/core';
import { type Change, ChangeRecords, changesIn, features } from './change-records.js';
import { GroupInheritance } from './group-inheritance.js';
import { LinkClosure } from './link-closure.js';
import { isBadGroup, type Policy } from './policy.js';
import { protectedIdentities } from './protected-paths.js';
import { PathRefused } from './refused-entry.js';
import { concerns, decide, only, type Subject } from './rules.js';
import type { SkipReason } from './skips.js';
import { inGroups, Spool } from './spool.js';
import type { Tally } from './summary.js';
import type { Tree } from './tree.js';

/** What the planner reads of a scan. */
export const plannedColumns = [
  'path',
  'path_raw',
  'type',
  'inode',
  'dev',
  'depth',
  'mode',
  'uid',
  'gid',
  'nlink',
  'state',
  'mnt_id',
] as const;

/** States of entries that may be changed: those that the scan took, listed or not. */
const plannedStates: ReadonlySet<string> = new Set(['ok', 'denied', 'incomplete']);

/** Candidates that are inspected in one go. */
const INSPECT_RECORDS = 1024;
const INSPECT_BYTES = 1 << 20;
const LONGEST_PATH = 64 * 1024;

const SLASH = 0x2f;
const EACCES = 13;

export interface PlannerParts {
  readonly tree: Tree;
  readonly policy: Policy;
  readonly tally: Tally;
  /** The root as the scan writes it: what every path begins with. */
  readonly typedRoot: Buffer;
  readonly threads: number;
}

/**
 * Collects what is to be changed. A loop over the columns finds the entries a rule concerns; those
 * alone are looked at again, by descriptors, for what a scan does not see: access control lists,
 * capabilities, flags, and the change time in nanoseconds.
 */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #inheritance: GroupInheritance;
  readonly #protected = protectedIdentities();
  readonly #prefix: Buffer;
  readonly #changes = new Spool();
  readonly #links = new LinkClosure();
  #candidates = new ChangeRecords();
  #inspecting: Promise<void> = Promise.resolve();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
    this.#inheritance = new GroupInheritance(parts.tree.addon, parts.policy);
    const { typedRoot } = parts;
    let end = typedRoot.length;
    while (end > 1 && typedRoot[end - 1] === SLASH) end--;
    this.#prefix = typedRoot.subarray(0, end);
  }

  /** Takes a batch; when it resolves, the batch is not needed any more. */
  async take(batch: EntryBatch): Promise<void> {
    this.#nominate(batch);
    if (this.#candidates.length < INSPECT_RECORDS && this.#candidates.byteLength < INSPECT_BYTES) {
      return;
    }
    // The one before must be through; this one goes on beside the walk.
    await this.#inspecting;
    this.#inspecting = this.#inspect();
    this.#inspecting.catch(() => {});
  }

  /** Ends the collecting. To be called before `groups`. */
  async finish(): Promise<void> {
    await this.#inspecting;
    await this.#inspect();
    await this.#links.settle();
  }

  /**
   * All changes in the order of application: files with several names, then from the deepest entries
   * up, so that what is in a directory comes before it.
   * @param most changes in a group
   */
  async *groups(most: () => number): AsyncGenerator<Buffer> {
    const skip = (reason: SkipReason, names: number) => this.#parts.tally.skip(reason, names);
    yield* inGroups(this.#links.closed(skip), most);
    for (const depth of this.#changes.piles.reverse()) {
      yield* inGroups(this.#changes.read(depth), most);
    }
  }

  async close(): Promise<void> {
    await this.#inspecting.catch(() => {});
    await this.#changes.close();
    await this.#links.close();
  }

  #nominate(batch: EntryBatch): void {
    const { policy, tally, tree } = this.#parts;
    const type = batch.column('type');
    const state = batch.column('state');
    const mode = batch.column('mode');
    const uid = batch.column('uid');
    const gid = batch.column('gid');
    const directory = type.words.indexOf('directory');
    const file = type.words.indexOf('file');
    const symlink = type.words.indexOf('symlink');
    const unknown = type.words.indexOf('unknown');
    const mounted = [state.words.indexOf('other_fs'), state.words.indexOf('pseudo_fs')];
    const takes = state.words.map((word) => plannedStates.has(word));
    for (let row = 0; row < batch.length; row++) {
      const code = type.codes[row];
      if (code === directory) this.#refuseProtected(batch, row);
      if (code === unknown || mode.isNull(row)) continue;
      const bits = mode.values[row] & 0o7777;
      const owner = uid.values[row];
      const group = gid.values[row];
      if (code !== directory && code !== file) {
        const bad = policy.group !== 'keep' && isBadGroup(policy, group, owner);
        const isConcerned =
          code === symlink
            ? bad || owner === policy.chownFrom
            : concerns(policy, false, bits, owner, group);
        if (isConcerned) tally.skip(code === symlink ? 'symlink' : 'special');
        continue;
      }
      if (!takes[state.codes[row]]) {
        if (mounted.includes(state.codes[row])) tally.skip('mount');
        continue;
      }
      if (!concerns(policy, code === directory, bits, owner, group)) continue;
      const mount = batch.column('mnt_id').get(row);
      const dev = batch.column('dev').values[row];
      const isElsewhere =
        (mount !== null && mount !== tree.status.mntId) ||
        ((code === directory || mount === null) && dev !== tree.status.dev);
      if (isElsewhere) {
        tally.skip('mount');
        continue;
      }
      this.#candidate(batch, row, {
        isDirectory: code === directory,
        mode: bits,
        uid: owner,
        gid: group,
      });
    }
  }

  #candidate(batch: EntryBatch, row: number, subject: Subject): void {
    const { policy, tally } = this.#parts;
    const bytes = batch.column('path_raw').get(row) ?? batch.column('path').bytesAt(row);
    const path = this.#below(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (path === null || path.length > LONGEST_PATH) {
      tally.skip(path === null ? 'outside' : 'path_too_long');
      return;
    }
    const decision = decide(policy, subject, () => this.#inheritance.of(path));
    if (decision.skip !== null) tally.skip(decision.skip);
    if (decision.rules === 0) return;
    this.#candidates.append({
      names: path,
      dev: batch.column('dev').values[row],
      inode: BigInt(batch.column('inode').values[row]),
      mode: batch.column('mode').values[row],
      uid: subject.uid,
      gid: subject.gid,
      nlink: batch.column('nlink').values[row],
      newMode: decision.mode,
      newUid: decision.uid,
      newGid: decision.gid,
      rules: decision.rules,
      depth: batch.column('depth').values[row],
    });
  }

  /** The path below the root; null when it is not below it. */
  #below(path: Buffer): Buffer | null {
    const { length } = this.#prefix;
    if (path.length < length || path.compare(this.#prefix, 0, length, 0, length) !== 0) return null;
    if (path.length === length || path.equals(this.#parts.typedRoot)) return path.subarray(0, 0);
    return path[length] === SLASH ? path.subarray(length + 1) : null;
  }

  /** A directory of the system's own inside the tree is a mistake that nothing else tells. */
  #refuseProtected(batch: EntryBatch, row: number): void {
    const devices = this.#protected.get(BigInt(batch.column('inode').values[row]));
    if (devices === undefined || !devices.has(batch.column('dev').values[row])) return;
    throw new PathRefused(batch.column('path').get(row) ?? '');
  }

  /** Looks at the candidates so far, and keeps those that may be changed. */
  async #inspect(): Promise<void> {
    if (this.#candidates.length === 0) return;
    const { tree, tally, threads } = this.#parts;
    const records = this.#candidates.finish();
    await tree.addon.inspect(records, threads);
    for (const change of changesIn(records)) {
      switch (change.status) {
        case 'ok':
          this.#keep(change);
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
    await this.#changes.settle();
    await this.#links.settle();
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

/** What the rules did not see: flags, access control lists, capabilities. */
function forbidden(policy: Policy, change: Change): SkipReason | null {
  const { features: bits } = change;
  if ((bits & (features.immutable | features.appendOnly)) !== 0) return 'immutable';
  const moves = change.newUid !== change.uid || change.newGid !== change.gid;
  const groupBits = ((change.newMode ^ change.permissions) & 0o070) !== 0;
  if (moves || groupBits) {
    if ((bits & features.aclOther) !== 0) return 'acl';
    if ((bits & features.aclAccess) !== 0 && !policy.changeAclMask) return 'acl';
  }
  const losesCapability = moves && (bits & features.capability) !== 0;
  return losesCapability && !policy.stripSetid ? 'setid' : null;
}
