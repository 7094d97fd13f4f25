import type { EntryBatch } from '@pwalk/core';
import type { ChangeRecords } from './change-records.js';
import type { Policy } from './policy.js';
import { ProtectedMounts } from './protected-mounts.js';
import { ProtectedIdentities } from './protected-paths.js';
import { checks } from './record-layout.js';
import { PathRefused } from './refused-entry.js';
import { besidesGroup, concerns, decide, hasBadGroup, needsInherited } from './rules.js';
import { bigintAt, equals, type ScannedColumns, scannedColumns } from './scanned-columns.js';
import type { Tally } from './summary.js';
import type { Tree } from './tree.js';

/** States of entries that may be changed: those that the scan took, listed or not. */
const plannedStates: ReadonlySet<string> = new Set(['ok', 'denied', 'incomplete']);

const LONGEST_PATH = 64 * 1024;
const SLASH = 0x2f;

/**
 * Finds the entries of a scan that a rule concerns, in a loop over its columns. What depends on the
 * group from above is decided later, when the directories on the way have been looked at.
 */
export class Nomination {
  readonly #policy: Policy;
  readonly #tally: Tally;
  readonly #protected = new ProtectedIdentities();
  readonly #mounts = new ProtectedMounts();
  /** The root as the scan writes it, without slashes at its end: what every path begins with. */
  readonly #prefix: Uint8Array;
  readonly #isOnMount: (pairs: Uint32Array, row: number) => boolean;
  readonly #isOnDevice: (pairs: Uint32Array, row: number) => boolean;

  constructor(tree: Tree, policy: Policy, tally: Tally, typedRoot: Uint8Array) {
    this.#policy = policy;
    this.#tally = tally;
    let end = typedRoot.length;
    while (end > 1 && typedRoot[end - 1] === SLASH) end--;
    this.#prefix = typedRoot.subarray(0, end);
    this.#isOnMount = equals(tree.status.mntId);
    this.#isOnDevice = equals(tree.status.dev);
  }

  /**
   * Appends the entries of a batch that are to be inspected to `candidates`.
   * @throws PathRefused at a directory of the system's own, or what is mounted from one
   */
  nominate(batch: EntryBatch, candidates: ChangeRecords): void {
    const policy = this.#policy;
    const tally = this.#tally;
    const columns = scannedColumns(batch);
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
        const isConcerned =
          code === symlink
            ? hasBadGroup(policy, group, owner) || owner === policy.chownFrom
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
      } else this.#add(columns, row, code === directory, candidates);
    }
  }

  #add(
    columns: ScannedColumns,
    row: number,
    isDirectory: boolean,
    candidates: ChangeRecords,
  ): void {
    const subject = {
      isDirectory,
      mode: columns.mode[row] & 0o7777,
      uid: columns.uid[row],
      gid: columns.gid[row],
    };
    const awaitsGroup = needsInherited(this.#policy, subject.uid, subject.gid);
    const decision = awaitsGroup
      ? besidesGroup(this.#policy, subject)
      : decide(this.#policy, subject, 'no_group');
    if (decision.skip !== null) this.#tally.skip(decision.skip);
    if (decision.rules === 0 && !awaitsGroup) return;
    const raw = columns.pathRaw.get(row);
    const path = raw ?? columns.path.bytes;
    const from = raw === null ? columns.path.offsets[row] : 0;
    const end = raw === null ? columns.path.offsets[row + 1] : raw.length;
    const start = this.#below(path, from, end);
    if (start < 0) this.#tally.skip('outside');
    else if (end - start > LONGEST_PATH) this.#tally.skip('path_too_long');
    else {
      const asked = awaitsGroup ? checks.awaitsGroup : 0;
      candidates.scanned(columns, row, path, start, end, decision, asked);
    }
  }

  /** Where the part of a path below the root begins; -1 when it is not below it. */
  #below(path: Uint8Array, start: number, end: number): number {
    const prefix = this.#prefix;
    const rest = start + prefix.length;
    if (rest > end) return -1;
    for (let at = 0; at < prefix.length; at++) if (path[start + at] !== prefix[at]) return -1;
    if (rest === end) return end;
    if (path[rest] !== SLASH) return -1;
    let name = rest;
    while (name < end && path[name] === SLASH) name++;
    // The root as it was typed, with slashes at its end.
    return name === end ? end : rest + 1;
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
