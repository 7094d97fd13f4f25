import type { FileHandle } from 'node:fs/promises';
import { escapeText, type FileIdentity, PwalkError } from '@pwalk/core';
import { type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { z } from 'zod';
import { Change } from './change.js';
import { ChangeRecords } from './change-records.js';
import { describe } from './describe-change.js';
import { edited, type PlanHead, readHead } from './plan-head.js';
import { aclWords, fullPath, isRule, PlanDigest } from './plan-table.js';
import { openTrustedFile } from './private-file.js';
import { ruleBits } from './record-layout.js';

const purpose = { what: 'The plan', code: 'PWALK_PLAN_REFUSED' } as const;

const word = z.number().int().min(0).max(0xffff_ffff);
const bytes = z.instanceof(Uint8Array);
const row = z.strictObject({
  seq: z.bigint(),
  path: bytes,
  below: bytes,
  links: bytes.nullish(),
  type: bytes,
  rules: bytes,
  reason: bytes,
  uid: word,
  gid: word,
  mode: word,
  new_uid: word,
  new_gid: word,
  new_mode: word,
  nlink: word,
  dev: z.bigint(),
  inode: z.bigint(),
  ctime_ns: z.bigint(),
  btime_ns: z.bigint(),
  acl: bytes.nullish(),
  acl_widened: word,
  features: word,
  depth: z.number().int(),
});
type Row = z.output<typeof row>;

/** Rows of one row group, and how far they have been read. */
interface Cursor {
  readonly rows: readonly Row[];
  next: number;
}

/** A plan on disk that was checked: what it says is what `pwalk repair` wrote. */
export class PlanFile {
  readonly head: PlanHead;
  /** By which a plan is known. */
  readonly hash: string;
  readonly root: Buffer;
  readonly identity: FileIdentity;
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #metadata: FileMetaData;
  readonly #shown: string;
  /** Where the record of a row is put together. */
  readonly #records = new ChangeRecords();

  private constructor(
    file: FileHandle,
    size: number,
    identity: FileIdentity,
    metadata: FileMetaData,
    shown: string,
  ) {
    this.#file = file;
    this.#size = size;
    this.#metadata = metadata;
    this.#shown = shown;
    this.identity = identity;
    const pairs = new Map(
      (metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
    );
    const { head, hash } = readHead(pairs, shown);
    this.head = head;
    this.hash = hash;
    this.root = Buffer.from(head.root.path, 'base64');
  }

  /**
   * Opens a plan and checks all of it: whose it is, its age, its hash.
   * @param maxAge milliseconds after which a plan is too old
   * @throws PwalkError `PWALK_PLAN_REFUSED`
   */
  static async open(path: string, maxAge: number): Promise<PlanFile> {
    const shown = escapeText(path);
    const file = await openTrustedFile(path, purpose, 'read');
    try {
      const { size, dev, ino } = await file.stat({ bigint: true });
      const metadata = await readMetadata(file, Number(size), shown);
      const plan = new PlanFile(file, Number(size), { dev, inode: ino }, metadata, shown);
      const age = Date.now() - Date.parse(plan.head.createdAt);
      if (!(age >= 0 && age <= maxAge)) {
        throw new PwalkError(
          'PWALK_PLAN_REFUSED',
          `The plan "${shown}" was made ${plan.head.createdAt}, which is more than ${maxAge / 3_600_000} hours ago; make a new one.`,
        );
      }
      if (plan.head.uid !== (process.geteuid?.() ?? plan.head.uid)) {
        throw new PwalkError(
          'PWALK_PLAN_REFUSED',
          `The plan "${shown}" was made by user ${plan.head.uid}; make your own.`,
        );
      }
      await plan.#verify();
      return plan;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The changes in the order of application, in groups of at most `most()`. */
  async *groups(most: () => number): AsyncGenerator<Buffer> {
    const records = new ChangeRecords();
    for await (const change of this.#changes()) {
      records.copy(change);
      if (records.length >= most()) yield records.finish();
    }
    if (records.length > 0) yield records.finish();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #verify(): Promise<void> {
    const digest = new PlanDigest();
    for await (const records of this.groups(() => 1024)) digest.add(records);
    if (digest.rows !== this.head.rows || digest.digest() !== this.head.sha256) {
      throw edited(this.#shown);
    }
  }

  /** Row groups may have changed places when they were written: their rows are taken by `seq`. */
  async *#changes(): AsyncGenerator<Change> {
    const waiting = await this.#rowGroups();
    const open: Cursor[] = [];
    for (let seq = 1n; seq <= BigInt(this.head.rows); seq++) {
      let cursor = open.find(({ rows, next }) => rows[next]?.seq === seq);
      while (cursor === undefined) {
        const group = waiting.shift();
        if (group === undefined) throw edited(this.#shown);
        const opened = { rows: await this.#rows(group.start, group.end), next: 0 };
        open.push(opened);
        if (opened.rows[0]?.seq === seq) cursor = opened;
      }
      yield this.#change(cursor.rows[cursor.next]);
      if (++cursor.next === cursor.rows.length) open.splice(open.indexOf(cursor), 1);
    }
    if (open.length > 0 || waiting.length > 0) throw edited(this.#shown);
  }

  /** Where each row group is, in the order of their first rows. */
  async #rowGroups(): Promise<{ start: number; end: number }[]> {
    const groups: { start: number; end: number; first: bigint }[] = [];
    let start = 0;
    for (const { num_rows } of this.#metadata.row_groups) {
      const end = start + Number(num_rows);
      if (end > start) {
        const [head] = await this.#read(start, start + 1, ['seq']);
        const first = z.object({ seq: z.bigint() }).safeParse(head);
        if (!first.success) throw edited(this.#shown);
        groups.push({ start, end, first: first.data.seq });
      }
      start = end;
    }
    return groups.sort((a, b) => (a.first < b.first ? -1 : 1));
  }

  async #rows(start: number, end: number): Promise<Row[]> {
    const parsed = z.array(row).safeParse(await this.#read(start, end));
    if (!parsed.success) throw edited(this.#shown);
    return parsed.data;
  }

  async #read(rowStart: number, rowEnd: number, columns?: string[]): Promise<unknown[]> {
    try {
      return await parquetReadObjects({
        file: sliced(this.#file, this.#size),
        metadata: this.#metadata,
        compressors,
        utf8: false,
        rowStart,
        rowEnd,
        ...(columns === undefined ? {} : { columns }),
        parsers: { stringFromBytes: (value: Uint8Array) => value },
      });
    } catch {
      throw edited(this.#shown);
    }
  }

  /** A row as a record. What is only for people must say the same as the rest. */
  #change(from: Row): Change {
    const text = (value: Uint8Array | null | undefined) =>
      value === null || value === undefined ? null : Buffer.from(value).toString('utf8');
    const below = Buffer.from(from.below);
    const rules = (text(from.rules) ?? '').split(',');
    this.#records.append({
      names: from.links ? Buffer.concat([below, Buffer.from([0]), from.links]) : below,
      dev: from.dev,
      inode: from.inode,
      ctime: from.ctime_ns,
      btime: from.btime_ns,
      mode: from.mode,
      uid: from.uid,
      gid: from.gid,
      nlink: from.nlink,
      newMode: from.new_mode,
      newUid: from.new_uid,
      newGid: from.new_gid,
      rules: rules.reduce((bits, name) => bits | (isRule(name) ? ruleBits[name] : 0), 0),
      features: from.features,
      widened: from.acl_widened,
      depth: from.depth,
    });
    const change = new Change(this.#records.finish());
    const isConsistent =
      text(from.path) === fullPath(this.root, below) &&
      text(from.reason) === describe(change).summary &&
      text(from.type) === (change.isDirectory ? 'directory' : 'file') &&
      text(from.acl) === aclWords(from.features);
    if (!isConsistent) throw edited(this.#shown);
    return change;
  }
}

async function readMetadata(file: FileHandle, size: number, shown: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(sliced(file, size));
  } catch (cause) {
    throw new PwalkError(
      'PWALK_PLAN_REFUSED',
      `"${shown}" is no plan of pwalk: it is not a whole Parquet file.`,
      { cause },
    );
  }
}

/** The file as hyparquet reads it: only the parts that are asked for. */
function sliced(file: FileHandle, byteLength: number) {
  return {
    byteLength,
    async slice(start: number, end = byteLength): Promise<ArrayBuffer> {
      const from = start < 0 ? Math.max(0, byteLength + start) : start;
      const buffer = new ArrayBuffer(Math.max(0, Math.min(end, byteLength) - from));
      await file.read(new Uint8Array(buffer), 0, buffer.byteLength, from);
      return buffer;
    },
  };
}
