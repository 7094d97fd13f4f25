import {
  features,
  type RecordStatus,
  recordLayout,
  recordStatuses,
  WORD,
  wordsOf,
} from './record-layout.js';

const NUL = 0;
const TYPE_BITS = 0o170000;
const DIRECTORY = 0o040000;
const GROUP_BITS = 0o070;

/** One change: a view of its record, which is among others in a piece of memory. */
export class Change {
  readonly bytes: Buffer;
  /** The same memory. */
  readonly words: Uint32Array;
  /** Where in it the record begins, in bytes. */
  readonly at: number;

  /** The first change in a piece of memory, or the one at `at`. */
  constructor(bytes: Buffer, words = wordsOf(bytes), at = 0) {
    this.bytes = bytes;
    this.words = words;
    this.at = at;
  }

  get size(): number {
    return this.#word(recordLayout.size);
  }
  /** The names of the inode, relative to the root, NUL between them. */
  get names(): Buffer {
    const start = this.at + recordLayout.path;
    return this.bytes.subarray(start, start + this.#word(recordLayout.path_length));
  }
  /** The first of the names. */
  get path(): Buffer {
    const names = this.names;
    const end = names.indexOf(NUL);
    return end < 0 ? names : names.subarray(0, end);
  }
  get dev(): bigint {
    return this.bytes.readBigUInt64LE(this.at + recordLayout.dev);
  }
  get inode(): bigint {
    return this.bytes.readBigUInt64LE(this.at + recordLayout.inode);
  }
  /** The low bits of the inode's number. */
  get inodeLow(): number {
    return this.#word(recordLayout.inode);
  }
  /** Nanoseconds since 1970. */
  get ctime(): bigint {
    return this.bytes.readBigInt64LE(this.at + recordLayout.ctime_ns);
  }
  /** Nanoseconds since 1970; 0 where the file system keeps none. */
  get btime(): bigint {
    return this.bytes.readBigInt64LE(this.at + recordLayout.btime_ns);
  }
  /** With the type bits. */
  get mode(): number {
    return this.#word(recordLayout.mode);
  }
  get uid(): number {
    return this.#word(recordLayout.uid);
  }
  get gid(): number {
    return this.#word(recordLayout.gid);
  }
  get nlink(): number {
    return this.#word(recordLayout.nlink);
  }
  /** Without the type bits. */
  get newMode(): number {
    return this.#word(recordLayout.new_mode);
  }
  get newUid(): number {
    return this.#word(recordLayout.new_uid);
  }
  get newGid(): number {
    return this.#word(recordLayout.new_gid);
  }
  get rules(): number {
    return this.#word(recordLayout.rules);
  }
  get features(): number {
    return this.#word(recordLayout.features);
  }
  get depth(): number {
    return this.#word(recordLayout.depth) | 0;
  }
  get status(): RecordStatus {
    return recordStatuses[this.#word(recordLayout.status)] ?? 'failed';
  }
  get errno(): number {
    return this.#word(recordLayout.error) | 0;
  }
  /** As found last, with the type bits. */
  get gotMode(): number {
    return this.#word(recordLayout.got_mode);
  }
  get gotUid(): number {
    return this.#word(recordLayout.got_uid);
  }
  get gotGid(): number {
    return this.#word(recordLayout.got_gid);
  }
  /** ACL entries that gain rights by the change. */
  get widened(): number {
    return this.#word(recordLayout.widened);
  }
  /** The group that is handed on from above, as inspected; 0 where there is none. */
  get handedOn(): number {
    return this.#word(recordLayout.handed_on);
  }
  get isDirectory(): boolean {
    return (this.mode & TYPE_BITS) === DIRECTORY;
  }
  get permissions(): number {
    return this.mode & 0o7777;
  }
  /** Whether the owner or the group changes. */
  get moves(): boolean {
    return this.newUid !== this.uid || this.newGid !== this.gid;
  }
  get changesGroupBits(): boolean {
    return ((this.newMode ^ this.permissions) & GROUP_BITS) !== 0;
  }

  /** Whether it has a bit of `features`. */
  has(feature: keyof typeof features): boolean {
    return (this.features & features[feature]) !== 0;
  }

  /** Whether a bit of `checks` is asked for. */
  asksFor(check: number): boolean {
    return (this.#word(recordLayout.checks) & check) !== 0;
  }

  /** Changes what is wanted. */
  want(mode: number, uid: number, gid: number, rules: number): void {
    this.#set(recordLayout.new_mode, mode);
    this.#set(recordLayout.new_uid, uid);
    this.#set(recordLayout.new_gid, gid);
    this.#set(recordLayout.rules, rules);
    // The mask of an access control list is the group's bits.
    if (!this.changesGroupBits) this.#set(recordLayout.widened, 0);
  }

  check(bits: number): void {
    this.#set(recordLayout.checks, bits);
  }

  /** Forgets what was found out about the entry: what is left is the change that is wanted. */
  forgetFindings(): void {
    const { status, widened, handed_on } = recordLayout;
    for (let field: number = status; field < widened; field += WORD) this.#set(field, 0);
    this.#set(handed_on, 0);
  }

  #word(field: number): number {
    return this.words[(this.at + field) / WORD];
  }
  #set(field: number, value: number): void {
    this.words[(this.at + field) / WORD] = value;
  }
}

/** The changes in a piece of memory that holds whole records. */
export function* changesIn(records: Buffer): Generator<Change> {
  const words = wordsOf(records);
  for (let at = 0; at < records.length; ) {
    const change = new Change(records, words, at);
    yield change;
    at += change.size;
  }
}

/** Views of records in a row, those of one depth each. */
export function* levelsOf(records: Buffer): Generator<Buffer> {
  let start = 0;
  let depth: number | null = null;
  for (const change of changesIn(records)) {
    if (depth !== null && change.depth !== depth) {
      yield records.subarray(start, change.at);
      start = change.at;
    }
    depth = change.depth;
  }
  if (start < records.length) yield records.subarray(start);
}
