import { createHash, type Hash } from 'node:crypto';
import { BatchBuilder, decodeName, type EntryBatch, EntrySchema, type Field } from '@pwalk/core';
import { type Change, changesIn } from './change.js';
import { describe } from './describe-change.js';
import { namesOf } from './journal.js';
import { features, type Rule, ruleBits } from './record-layout.js';

/** The table of a plan file, one row per change; `docs/specs/repair-plan.md` explains it. */
const fields: readonly Field[] = [
  {
    name: 'seq',
    type: 'int64',
    nullable: false,
    description: 'Order of application, from 1: what is in a directory comes before it',
  },
  { name: 'path', type: 'utf8', nullable: false, description: 'Path, escaped where not UTF-8' },
  {
    name: 'below',
    type: 'binary',
    nullable: false,
    description: 'Exact bytes of the path below the root; empty for the root itself',
  },
  {
    name: 'links',
    type: 'binary',
    nullable: true,
    description: 'Other names of the same file below the root, separated by NUL',
  },
  {
    name: 'type',
    type: 'dictionary',
    nullable: false,
    values: ['file', 'directory'],
    description: 'Type of the entry',
  },
  { name: 'rules', type: 'utf8', nullable: false, description: 'Rules that ask for the change' },
  { name: 'reason', type: 'utf8', nullable: false, description: 'The change in words' },
  { name: 'uid', type: 'uint32', nullable: false, description: 'Owner' },
  { name: 'gid', type: 'uint32', nullable: false, description: 'Group' },
  { name: 'mode', type: 'uint32', nullable: false, description: 'st_mode with the type bits' },
  { name: 'new_uid', type: 'uint32', nullable: false, description: 'Owner afterwards' },
  { name: 'new_gid', type: 'uint32', nullable: false, description: 'Group afterwards' },
  { name: 'new_mode', type: 'uint32', nullable: false, description: 'Permission bits afterwards' },
  { name: 'nlink', type: 'uint32', nullable: false, description: 'Number of hard links' },
  { name: 'dev', type: 'uint64', nullable: false, description: 'st_dev' },
  { name: 'inode', type: 'uint64', nullable: false, description: 'st_ino' },
  { name: 'ctime_ns', type: 'int64', nullable: false, description: 'Nanoseconds since 1970' },
  {
    name: 'btime_ns',
    type: 'int64',
    nullable: false,
    description: 'Birth in nanoseconds since 1970; 0 where the file system keeps none',
  },
  {
    name: 'acl',
    type: 'utf8',
    nullable: true,
    description: 'Access control lists there are: access, default, other; null: none',
  },
  {
    name: 'acl_widened',
    type: 'uint32',
    nullable: false,
    description: 'ACL entries that gain rights by the change of the mask',
  },
  {
    name: 'features',
    type: 'uint32',
    nullable: false,
    description: 'Bits: 1 access ACL, 2 default ACL, 4 other ACL, 8 capabilities',
  },
  {
    name: 'depth',
    type: 'int32',
    nullable: false,
    description: 'Depth below the root, which is -1',
  },
];

export const planSchema = new EntrySchema(fields);

/** Rows of a batch and of a row group. */
export const PLAN_ROWS = 16_384;

export function ruleNames(bits: number): Rule[] {
  const names: Rule[] = [];
  for (const [name, bit] of Object.entries(ruleBits)) {
    if ((bits & bit) !== 0 && isRule(name)) names.push(name);
  }
  return names;
}

export function isRule(name: string): name is Rule {
  return name in ruleBits;
}

/** Makes batches of the table out of records. */
export class PlanBatches {
  readonly #builder = new BatchBuilder(planSchema);
  readonly #root: Buffer;
  #seq = 0n;

  /** @param root path of the root, for display */
  constructor(root: Buffer) {
    this.#root = root;
  }

  get rows(): number {
    return this.#builder.length;
  }

  append(change: Change): void {
    const [path = Buffer.alloc(0), ...links] = namesOf(change);
    this.#builder.append({
      seq: ++this.#seq,
      path: fullPath(this.#root, path),
      below: path,
      links: links.length === 0 ? null : change.names.subarray(path.length + 1),
      type: change.isDirectory ? 'directory' : 'file',
      rules: ruleNames(change.rules).join(','),
      reason: describe(change).summary,
      uid: change.uid,
      gid: change.gid,
      mode: change.mode,
      new_uid: change.newUid,
      new_gid: change.newGid,
      new_mode: change.newMode,
      nlink: change.nlink,
      dev: change.dev,
      inode: change.inode,
      ctime_ns: change.ctime,
      btime_ns: change.btime,
      acl: aclWords(change.features),
      acl_widened: change.widened,
      features: change.features,
      depth: change.depth,
    });
  }

  finish(): EntryBatch {
    return this.#builder.finish();
  }
}

export function fullPath(root: Buffer, below: Buffer): string {
  return decodeName(below.length === 0 ? root : Buffer.concat([root, Buffer.from('/'), below]))
    .text;
}

export function aclWords(bits: number): string | null {
  const words = [
    (bits & features.aclAccess) === 0 ? [] : ['access'],
    (bits & features.aclDefault) === 0 ? [] : ['default'],
    (bits & features.aclOther) === 0 ? [] : ['other'],
  ].flat();
  return words.length === 0 ? null : words.join(',');
}

/**
 * Hash of the changes of a plan, in order: every value of every row, whether it is applied or only read
 * by people.
 */
export class PlanDigest {
  readonly #hash: Hash = createHash('sha256');
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  add(records: Buffer): void {
    // What inspecting and changing wrote into a record is not part of the plan.
    const plain = Buffer.from(records);
    for (const change of changesIn(plain)) {
      change.forgetFindings();
      this.#rows++;
    }
    this.#hash.update(plain);
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
