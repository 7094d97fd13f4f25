import { readFileSync } from 'node:fs';
import { PwalkError } from '@pwalk/core';
import { z } from 'zod';
import { loadAddon } from './addon.js';

/** Ids are 32 bits; the last stands for "none" in system calls. */
const id = z.int().min(0).max(0xffff_fffe);
/** A number, or a name of the account database. */
const account = z.union([id, z.string().min(1)]);

/** What is to be repaired, and what may be touched for it. */
export const policyOptions = z.strictObject({
  setgid: z
    .boolean()
    .default(true)
    .describe('Directories hand their group on to what is made there'),
  group: z
    .union([z.literal('from-parent'), z.literal('keep'), account])
    .default('from-parent')
    .describe('What a bad group is replaced with'),
  groupAll: z.boolean().default(false).describe('Replace every group, not only bad ones'),
  allowUnknownGid: z.boolean().default(false),
  changeGids: z
    .array(account)
    .default([])
    .describe('Groups that are bad besides private ones and root'),
  forceGroupWritable: z.boolean().default(false),
  ensureGroupReadable: z.boolean().default(false),
  chownFrom: account.optional(),
  chownTo: account.optional(),
  chownToGroup: account.optional(),
  setid: z.enum(['skip', 'strip']).default('skip'),
  acl: z.enum(['skip', 'mask']).default('skip'),
  trustedOwners: z
    .array(id)
    .default([])
    .describe('Whose directories may hand their group on, besides root and the caller'),
});

export type PolicyOptions = z.output<typeof policyOptions>;
export type PolicyInput = z.input<typeof policyOptions>;

/** The options with every name looked up: what decisions are made from. */
export interface Policy {
  readonly setgid: boolean;
  readonly group: 'keep' | 'from-parent' | 'given';
  /** The group given; -1 unless one is. */
  readonly gid: number;
  readonly groupAll: boolean;
  readonly badGids: ReadonlySet<number>;
  /** Mode bits that directories get, that files get, and that files get whose owner has x. */
  readonly directoryBits: number;
  readonly fileBits: number;
  readonly executableBits: number;
  readonly forceGroupWritable: boolean;
  /** -1: no owner is changed. */
  readonly chownFrom: number;
  readonly chownTo: number;
  readonly chownToGid: number;
  readonly stripSetid: boolean;
  readonly changeAclMask: boolean;
  /** Whose directories may hand their group on. */
  readonly trustedOwners: ReadonlySet<number>;
  /** Whether a group that was found rather than given may be given to an entry. */
  readonly judgeGroup: (gid: number) => 'ok' | 'system_group' | 'unknown_group';
}

/**
 * Looks names up and checks what the options ask for.
 * @throws PwalkError `PWALK_GROUP_UNKNOWN` for groups and users that do not exist,
 * `PWALK_OPTIONS_INVALID` for options that contradict each other
 */
export function compilePolicy(options: PolicyOptions): Policy {
  const addon = loadAddon();
  const { allowUnknownGid } = options;
  const groupId = (given: number | string) =>
    typeof given === 'number' ? given : (addon.groupId(given) ?? unknownAccount('group', given));
  const userId = (given: number | string) =>
    typeof given === 'number' ? given : (addon.userId(given) ?? unknownAccount('user', given));
  const known = new Map<number, boolean>();
  const isKnown = (gid: number) => {
    let answer = known.get(gid);
    if (answer === undefined) {
      answer = addon.groupName(gid) !== null;
      known.set(gid, answer);
    }
    return answer;
  };
  const targetGroup = (given: number | string) => {
    const gid = groupId(given);
    if (!allowUnknownGid && !isKnown(gid)) {
      throw new PwalkError(
        'PWALK_GROUP_UNKNOWN',
        `There is no group ${gid} here; give another, or --allow-unknown-gid if the number is meant.`,
      );
    }
    if (gid === 0) {
      throw new PwalkError(
        'PWALK_OPTIONS_INVALID',
        "Group 0 is root's, which a repair takes away; give a group of the people who share the tree.",
      );
    }
    return gid;
  };
  if ((options.chownFrom === undefined) !== (options.chownTo === undefined)) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      'An owner is changed from one user to another: give both --chown-from and --chown-to.',
    );
  }
  const { group } = options;
  const isGiven = group !== 'keep' && group !== 'from-parent';
  if (options.groupAll && group === 'keep') {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      '--group-all changes every group and --group keep none; leave one of them out.',
    );
  }
  const writable = options.forceGroupWritable;
  const readable = options.ensureGroupReadable;
  const caller = process.geteuid?.() ?? 0;
  const firstGid = leastGid();
  return {
    setgid: options.setgid,
    group: isGiven ? 'given' : group,
    gid: isGiven ? targetGroup(group) : -1,
    groupAll: options.groupAll,
    badGids: new Set(options.changeGids.map(groupId)),
    directoryBits: (writable ? 0o070 : 0) | (readable ? 0o050 : 0),
    fileBits: (writable ? 0o060 : 0) | (readable ? 0o040 : 0),
    executableBits: writable ? 0o010 : 0,
    forceGroupWritable: writable,
    chownFrom: options.chownFrom === undefined ? -1 : userId(options.chownFrom),
    chownTo: options.chownTo === undefined ? -1 : userId(options.chownTo),
    chownToGid: options.chownToGroup === undefined ? -1 : targetGroup(options.chownToGroup),
    stripSetid: options.setid === 'strip',
    changeAclMask: options.acl === 'mask',
    trustedOwners: new Set([0, caller, ...options.trustedOwners]),
    judgeGroup: (gid) =>
      gid < firstGid ? 'system_group' : allowUnknownGid || isKnown(gid) ? 'ok' : 'unknown_group',
  };
}

/** Private to one user, root's, or listed: a group that keeps others out. */
export function isBadGroup(policy: Policy, gid: number, uid: number): boolean {
  return gid === uid || gid === 0 || policy.badGids.has(gid);
}

function unknownAccount(kind: 'group' | 'user', name: string): never {
  throw new PwalkError(
    'PWALK_GROUP_UNKNOWN',
    `There is no ${kind} "${name}" here; check the spelling, or give its number.`,
  );
}

/** The first gid that is not the system's own. */
function leastGid(): number {
  try {
    const [, number] = /^GID_MIN\s+(\d+)/m.exec(readFileSync('/etc/login.defs', 'utf8')) ?? [];
    return number === undefined ? 1000 : Number(number);
  } catch {
    return 1000;
  }
}
