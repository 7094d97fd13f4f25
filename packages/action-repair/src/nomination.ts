import type { Nominees } from './nominees.js';
import type { Policy } from './policy.js';
import { ProtectedMounts } from './protected-mounts.js';
import { ProtectedIdentities } from './protected-paths.js';
import { checks } from './record-layout.js';
import { PathRefused } from './refused-entry.js';
import {
  besidesGroup,
  concerns,
  type Decision,
  decide,
  hasBadGroup,
  needsInherited,
} from './rules.js';
import { bigintAt, equals, type ScannedColumns } from './scanned-columns.js';
import type { Tally } from './summary.js';
import type { Tree } from './tree.js';

/** States of entries that may be changed: those that the scan took, listed or not. */
const plannedStates: ReadonlySet<string> = new Set(['ok', 'denied', 'incomplete']);

const PERMISSIONS = 0o7777;

/** What the rules say of an entry that one of them concerns. */
interface Opinion {
  readonly decision: Decision;
  /** The rest of the decision depends on the group that its directory hands on. */
  readonly awaitsGroup: boolean;
}

/**
 * Finds the entries of a scan that a rule concerns, in a loop over its columns. What depends on the
 * group from above is decided later, when the directories on the way have been looked at.
 */
export class Nomination {
  readonly #policy: Policy;
  readonly #tally: Tally;
  readonly #protected = new ProtectedIdentities();
  readonly #mounts = new ProtectedMounts();
  readonly #isOnMount: (pairs: Uint32Array, row: number) => boolean;
  readonly #isOnDevice: (pairs: Uint32Array, row: number) => boolean;

  constructor(tree: Tree, policy: Policy, tally: Tally) {
    this.#policy = policy;
    this.#tally = tally;
    this.#isOnMount = equals(tree.status.mntId);
    this.#isOnDevice = equals(tree.status.dev);
  }

  /**
   * Adds the entries of a batch that are to be inspected to `nominees`, from a row on.
   * @returns the row to go on with when the nominees are full, else the length of the batch
   * @throws PathRefused at a directory of the system's own, or what is mounted from one
   */
  nominate(columns: ScannedColumns, from: number, nominees: Nominees): number {
    const tally = this.#tally;
    const { type, state, mode, uid, gid } = columns;
    const directory = type.words.indexOf('directory');
    const file = type.words.indexOf('file');
    const symlink = type.words.indexOf('symlink');
    const unknown = type.words.indexOf('unknown');
    const mounted = [state.words.indexOf('other_fs'), state.words.indexOf('pseudo_fs')];
    const takes = state.words.map((word) => plannedStates.has(word));
    // Neighbours are mostly alike: what the rules say of one holds for the next.
    let last = -1;
    let opinion: Opinion | null = null;
    for (let row = from; row < columns.length; row++) {
      if (nominees.isFull) return row;
      const code = type.codes[row];
      if (code === directory) this.#refuseProtected(columns, row);
      if (code === unknown || columns.stat.isNull(row)) continue;
      if (code !== directory && code !== file) {
        this.#leaveAlone(code === symlink, mode[row] & PERMISSIONS, uid[row], gid[row]);
        continue;
      }
      if (!takes[state.codes[row]]) {
        if (!mounted.includes(state.codes[row])) continue;
        this.#refuseProtectedMount(columns, row);
        tally.skip('mount');
        continue;
      }
      if (
        last < 0 ||
        code !== type.codes[last] ||
        mode[row] !== mode[last] ||
        uid[row] !== uid[last] ||
        gid[row] !== gid[last]
      ) {
        opinion = this.#opinion(code === directory, mode[row] & PERMISSIONS, uid[row], gid[row]);
        last = row;
      }
      if (opinion === null) continue;
      if (this.#isElsewhere(columns, row, code === directory)) {
        this.#refuseProtectedMount(columns, row);
        tally.skip('mount');
      } else this.#add(columns, row, opinion, nominees);
    }
    return columns.length;
  }

  /** Counts what is neither a file nor a directory, where a rule concerns it. */
  #leaveAlone(isSymlink: boolean, mode: number, uid: number, gid: number): void {
    const policy = this.#policy;
    const isConcerned = isSymlink
      ? hasBadGroup(policy, gid, uid) || uid === policy.chownFrom
      : concerns(policy, false, mode, uid, gid);
    if (isConcerned) this.#tally.skip(isSymlink ? 'symlink' : 'special');
  }

  /** What the rules say of every entry with the same type, mode and owners; null when nothing. */
  #opinion(isDirectory: boolean, mode: number, uid: number, gid: number): Opinion | null {
    const policy = this.#policy;
    if (!concerns(policy, isDirectory, mode, uid, gid)) return null;
    const awaitsGroup = needsInherited(policy, uid, gid);
    const subject = { isDirectory, mode, uid, gid };
    const decision = awaitsGroup
      ? besidesGroup(policy, subject)
      : decide(policy, subject, 'no_group');
    return { decision, awaitsGroup };
  }

  #add(columns: ScannedColumns, row: number, opinion: Opinion, nominees: Nominees): void {
    const { decision, awaitsGroup } = opinion;
    if (decision.skip !== null) this.#tally.skip(decision.skip);
    if (decision.rules === 0 && !awaitsGroup) return;
    const column = columns.pathRaw.isNull(row) ? columns.path : columns.pathRaw;
    const asked = awaitsGroup ? checks.awaitsGroup : 0;
    if (!nominees.add(row, column, decision, asked)) this.#tally.skip('path_too_long');
  }

  /** On another mount than the root; files may have another device than their directory (overlayfs). */
  #isElsewhere({ mount, mountPairs, dev }: ScannedColumns, row: number, isDirectory: boolean) {
    const isUnknown = mount.isNull(row);
    if (!isUnknown && !this.#isOnMount(mountPairs, row)) return true;
    return (isDirectory || isUnknown) && !this.#isOnDevice(dev, row);
  }

  /** A directory of the system's own inside the tree is a mistake that nothing else tells. */
  #refuseProtected({ path, inode, dev }: ScannedColumns, row: number): void {
    if (!this.#protected.mayHave(inode[row * 2])) return;
    if (!this.#protected.has(bigintAt(dev, row), bigintAt(inode, row))) return;
    throw new PathRefused(path.get(row) ?? '');
  }

  /** The same where what is mounted is inside one. */
  #refuseProtectedMount({ path, mount }: ScannedColumns, row: number): void {
    const id = mount.get(row);
    if (id !== null && this.#mounts.has(id)) throw new PathRefused(path.get(row) ?? '');
  }
}
