import type {
  BigIntColumn,
  BinaryColumn,
  DictionaryColumn,
  EntryBatch,
  Utf8Column,
} from '@pwalk/core';
import {
  type Change,
  ChangeRecords,
  changesIn,
  features,
  type ScannedColumns,
} from './change-records.js';
import { GroupInheritance } from './group-inheritance.js';
import { LinkClosure } from './link-closure.js';
import { isBadGroup, type Policy } from './policy.js';
import { ProtectedMounts } from './protected-mounts.js';
import { ProtectedIdentities } from './protected-paths.js';
import { PathRefused } from './refused-entry.js';
import { concerns, decide, needsInherited, only } from './rules.js';
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
  'parent_inode',
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
  readonly #protected = new ProtectedIdentities();
  readonly #mounts = new ProtectedMounts();
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
  groups(most: () => number): AsyncGenerator<Buffer> {
    return inGroups(this.#inOrder(), most);
  }

  async *#inOrder(): AsyncGenerator<Buffer> {
    yield* this.#links.closed((reason, names) => this.#parts.tally.skip(reason, names));
    for (const depth of this.#changes.piles.reverse()) yield* this.#changes.read(depth);
  }

  async close(): Promise<void> {
    await this.#inspecting.catch(() => {});
    await this.#changes.close();
    await this.#links.close();
  }

  #nominate(batch: EntryBatch): void {
    const { policy, tally } = this.#parts;
    const columns = columnsOf(batch);
    const { type, state, mode, uid, gid } = columns;
    const stat = batch.column('mode');
    const directory = type.words.indexOf('directory');
    const file = type.words.indexOf('file');
    const symlink = type.words.indexOf('symlink');
    const unknown = type.words.indexOf('unknown');
    const mounted = [state.words.indexOf('other_fs'), state.words.indexOf('pseudo_fs')];
    const takes = state.words.map((word) => plannedStates.has(word));
    for (let row = 0; row < batch.length; row++) {
      const code = type.codes[row];
      if (code === directory) this.#refuseProtected(columns, row);
      if (code === unknown || stat.isNull(row)) continue;
      const bits = mode[row] & 0o7777;
      const owner = uid[row];
      const group = gid[row];
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
        if (!mounted.includes(state.codes[row])) continue;
        this.#refuseProtectedMount(columns, row);
        tally.skip('mount');
        continue;
      }
      if (!concerns(policy, code === directory, bits, owner, group)) continue;
      if (this.#isElsewhere(columns, row, code === directory)) {
        this.#refuseProtectedMount(columns, row);
        tally.skip('mount');
      } else this.#candidate(columns, row, code === directory);
    }
  }

  #candidate(columns: PlannedColumns, row: number, isDirectory: boolean): void {
    const { policy, tally } = this.#parts;
    const uid = columns.uid[row];
    const gid = columns.gid[row];
    const mode = columns.mode[row] & 0o7777;
    const inherited = needsInherited(policy, uid, gid) ? this.#inherited(columns, row) : 0;
    if (typeof inherited === 'string' && !isDirectory) {
      tally.skip(inherited);
      return;
    }
    const decision = decide(policy, { isDirectory, mode, uid, gid }, inherited);
    if (decision.skip !== null) tally.skip(decision.skip);
    if (decision.rules === 0) return;
    const place = this.#place(columns, row);
    if (typeof place === 'string') tally.skip(place);
    else this.#candidates.scanned(columns, row, place.bytes, place.start, place.end, decision);
  }

  /**
   * The group for an entry. Neighbours in a batch are mostly of one directory, which its inode tells:
   * all directories that come here are of the root's device.
   */
  #inherited(columns: PlannedColumns, row: number): number | SkipReason {
    if (columns.depth[row] < 0) return 'no_group';
    const { parent } = columns;
    const last = columns.last;
    if (parent[row * 2] !== last.low || parent[row * 2 + 1] !== last.high) {
      const place = this.#place(columns, row);
      last.low = parent[row * 2];
      last.high = parent[row * 2 + 1];
      last.group =
        typeof place === 'string'
          ? place
          : this.#inheritance.of(place.bytes, place.start, place.end);
    }
    return last.group;
  }

  /** Where the path below the root is, or why there is none to work with. */
  #place(columns: PlannedColumns, row: number): Place | SkipReason {
    const raw = columns.pathRaw.get(row);
    const bytes = raw === null ? columns.pathBytes : bufferOf(raw);
    const from = raw === null ? columns.path.offsets[row] : 0;
    const end = raw === null ? columns.path.offsets[row + 1] : bytes.length;
    const start = this.#below(bytes, from, end);
    if (start < 0) return 'outside';
    return end - start > LONGEST_PATH ? 'path_too_long' : { bytes, start, end };
  }

  /** Where the part of a path below the root begins; -1 when it is not below it. */
  #below(bytes: Buffer, start: number, end: number): number {
    const prefix = this.#prefix;
    const { length } = prefix;
    if (end - start < length || bytes.compare(prefix, 0, length, start, start + length) !== 0) {
      return -1;
    }
    const rest = start + length;
    if (rest === end) return end;
    if (bytes[rest] !== SLASH) return -1;
    // The root as it was typed, with a slash at its end.
    return bytes.subarray(rest, end).every((byte) => byte === SLASH) ? end : rest + 1;
  }

  /** On another mount than the root; files may have another device than their directory (overlayfs). */
  #isElsewhere({ mount, dev }: PlannedColumns, row: number, isDirectory: boolean): boolean {
    const { status } = this.#parts.tree;
    const found = mount.get(row);
    if (found !== null && found !== status.mntId) return true;
    return (isDirectory || found === null) && pair(dev, row) !== status.dev;
  }

  /** A directory of the system's own inside the tree is a mistake that nothing else tells. */
  #refuseProtected({ batch, inode, dev }: PlannedColumns, row: number): void {
    if (!this.#protected.mayHave(inode[row * 2])) return;
    if (!this.#protected.has(pair(dev, row), pair(inode, row))) return;
    throw new PathRefused(batch.column('path').get(row) ?? '');
  }

  /** The same where what is mounted is inside one. */
  #refuseProtectedMount({ batch, mount }: PlannedColumns, row: number): void {
    const id = mount.get(row);
    if (id !== null && this.#mounts.has(id))
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

/** A path below the root. */
interface Place {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** The columns of a batch, as loops read them. */
interface PlannedColumns extends ScannedColumns {
  readonly batch: EntryBatch;
  readonly path: Utf8Column;
  readonly pathBytes: Buffer;
  readonly pathRaw: BinaryColumn;
  readonly type: DictionaryColumn;
  readonly state: DictionaryColumn;
  readonly mount: BigIntColumn;
  readonly parent: Uint32Array;
  /** The directory asked for last, and its answer. */
  readonly last: { low: number; high: number; group: number | SkipReason };
}

function columnsOf(batch: EntryBatch): PlannedColumns {
  const path = batch.column('path');
  return {
    batch,
    path,
    pathBytes: bufferOf(path.bytes),
    pathRaw: batch.column('path_raw'),
    type: batch.column('type'),
    state: batch.column('state'),
    mode: batch.column('mode').values,
    uid: batch.column('uid').values,
    gid: batch.column('gid').values,
    nlink: batch.column('nlink').values,
    depth: batch.column('depth').values,
    mount: batch.column('mnt_id'),
    parent: pairsOf(batch.column('parent_inode')),
    // No inode has the number 0.
    last: { low: 0, high: 0, group: 'no_group' },
    dev: pairsOf(batch.column('dev')),
    inode: pairsOf(batch.column('inode')),
  };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function pairsOf({ values }: BigIntColumn): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

function pair(pairs: Uint32Array, row: number): bigint {
  return (BigInt(pairs[row * 2 + 1]) << 32n) | BigInt(pairs[row * 2]);
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
