import type { Change } from './change.js';
import { isBadGroup, type Policy } from './policy.js';
import { ruleBits } from './record-layout.js';
import type { SkipReason } from './skips.js';

/** What becomes of one entry. */
export interface Decision {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Which rules asked for it; 0 when nothing changes. */
  readonly rules: number;
  /** Why something a rule asked for is left out; the rest of the decision stands. */
  readonly skip: SkipReason | null;
}

/** What decisions are made from. */
export interface Subject {
  readonly isDirectory: boolean;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const SETGID = 0o2000;
const SET_ID = 0o6000;
const GROUP_WRITE = 0o020;
const GROUP_EXECUTE = 0o010;
const OTHERS_WRITE = 0o022;
const OWNER_EXECUTE = 0o100;

/** True when a rule might change an entry: cheap, and never false for one that `decide` would change. */
export function concerns(
  policy: Policy,
  isDirectory: boolean,
  mode: number,
  uid: number,
  gid: number,
) {
  return (
    hasBadGroup(policy, gid, uid) ||
    (policy.groupAll && policy.group !== 'keep') ||
    uid === policy.chownFrom ||
    (mode | modeBits(policy, isDirectory, mode)) !== mode
  );
}

/** True when an entry has a group that is to be replaced. */
export function hasBadGroup(policy: Policy, gid: number, uid: number): boolean {
  return policy.group !== 'keep' && isBadGroup(policy, gid, uid);
}

/** True when the decision on an entry depends on the group that its directory hands on. */
export function needsInherited(policy: Policy, uid: number, gid: number): boolean {
  if (policy.group !== 'from-parent') return false;
  const isChowned = uid === policy.chownFrom;
  if (isChowned && policy.chownToGid >= 0) return false;
  return policy.groupAll || isBadGroup(policy, gid, uid) || (isChowned && gid === policy.chownTo);
}

/**
 * The decision on one entry. Group rights are given only where the group is right: an entry whose bad
 * group cannot be replaced gets setgid at most.
 * @param inherited the group its directory hands on, or why there is none; read only where
 * `needsInherited`
 */
export function decide(policy: Policy, subject: Subject, inherited: number | SkipReason): Decision {
  const { isDirectory, mode, uid, gid } = subject;
  const isChowned = uid === policy.chownFrom;
  const newUid = isChowned ? policy.chownTo : uid;
  const wanted = wantedGroup(policy, subject, inherited);
  if (typeof wanted !== 'number') return only(policy, subject, wanted);
  const isSetId = !isDirectory && (mode & SET_ID) !== 0;
  const movesOwner = newUid !== uid || wanted !== gid;
  if (isSetId && movesOwner && !policy.stripSetid) return only(policy, subject, 'setid');
  const bits = modeBits(policy, isDirectory, mode);
  const kept = isSetId && movesOwner ? mode & ~SET_ID : mode;
  const newMode = kept | bits;
  // A program that runs as somebody else must neither become writable or executable for more people,
  // nor change at all while others can write it.
  const isOpened = (newMode & ~mode & (GROUP_WRITE | GROUP_EXECUTE)) !== 0;
  if (
    isSetId &&
    !movesOwner &&
    (isOpened || (newMode !== mode && (newMode & OTHERS_WRITE) !== 0))
  ) {
    return only(policy, subject, 'setid');
  }
  let rules = 0;
  if (isDirectory && policy.setgid && (mode & SETGID) === 0) rules |= ruleBits.setgid;
  if (wanted !== gid) rules |= ruleBits.group;
  if (newUid !== uid) rules |= ruleBits.owner;
  if ((newMode & ~mode & 0o070) !== 0) {
    rules |= policy.forceGroupWritable ? ruleBits.forceGroupWritable : ruleBits.ensureGroupReadable;
  }
  return { mode: newMode, uid: newUid, gid: wanted, rules, skip: null };
}

/**
 * What an entry whose group awaits that of its directory may become besides: never less than what
 * `decide` comes to in the end. No rule is said to ask for it yet.
 */
export function besidesGroup(policy: Policy, { isDirectory, mode, uid, gid }: Subject): Decision {
  return {
    mode: mode | modeBits(policy, isDirectory, mode),
    uid: uid === policy.chownFrom ? policy.chownTo : uid,
    gid,
    rules: 0,
    skip: null,
  };
}

/** What the rules do not see, and what forbids a change: flags, access control lists, capabilities. */
export function forbidden(policy: Policy, change: Change): SkipReason | null {
  if (change.features === 0) return null;
  if (change.has('immutable') || change.has('appendOnly')) return 'immutable';
  if (change.moves || change.changesGroupBits) {
    if (change.has('aclOther')) return 'acl';
    if (change.has('aclAccess') && !policy.changeAclMask) return 'acl';
  }
  return change.moves && change.has('capability') && !policy.stripSetid ? 'setid' : null;
}

/** What is left when groups and group rights stay as they are: setgid on a directory. */
export function only(
  policy: Policy,
  { isDirectory, mode, uid, gid }: Subject,
  skip: SkipReason,
): Decision {
  const setgid = isDirectory && policy.setgid && (mode & SETGID) === 0;
  return {
    mode: setgid ? mode | SETGID : mode,
    uid,
    gid,
    rules: setgid ? ruleBits.setgid : 0,
    skip,
  };
}

function wantedGroup(
  policy: Policy,
  { uid, gid }: Subject,
  inherited: number | SkipReason,
): number | SkipReason {
  const isChowned = uid === policy.chownFrom;
  if (isChowned && policy.chownToGid >= 0) return policy.chownToGid;
  if (policy.group === 'given') {
    const newUid = isChowned ? policy.chownTo : uid;
    const isBad = isBadGroup(policy, gid, uid) || gid === newUid;
    return isBad || policy.groupAll ? policy.gid : gid;
  }
  return needsInherited(policy, uid, gid) ? inherited : gid;
}

function modeBits(policy: Policy, isDirectory: boolean, mode: number): number {
  if (isDirectory) return policy.directoryBits | (policy.setgid ? SETGID : 0);
  return policy.fileBits | ((mode & OWNER_EXECUTE) !== 0 ? policy.executableBits : 0);
}
