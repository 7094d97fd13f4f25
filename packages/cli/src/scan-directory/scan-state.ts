import type { Accounting, EntryState, Spooled } from '@pwalk/core';
import type { RootIdentity } from '@pwalk/native-walker';
import { z } from 'zod';
import type { FailedEntry } from '../failed-entries.js';

/** A file of the scan that is committed: entries, what of them could not be read, or what their directories come to. */
export interface Part {
  /** Its file in `parts/`, `errors/` or `totals/`. */
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** How far a scan is: what a record of the log says. */
export interface ScanState {
  /** Counts commits; 0 when nothing was walked yet. */
  readonly generation: number;
  readonly scan: ScanHead;
  readonly roots: readonly RootIdentity[];
  readonly parts: readonly Part[];
  /** Tables of what could not be read, of the parts that have any; empty where none were asked for. */
  readonly errors: readonly Part[];
  /** What directories come to, of the parts that have any; empty where no table of them was asked for. */
  readonly totals: readonly Part[];
  /** Of all parts; null before the first. */
  readonly accounting: Accounting | null;
  readonly errorExamples: readonly FailedEntry[];
  /** Of all runs, of what did not fit into memory. */
  readonly spilledBytes: number;
  /** Of all runs, of what outputs were slow to take; null where none of them spilled that. */
  readonly overflow: Spooled | null;
  /** Of all runs. */
  readonly seconds: number;
  /** Directories that are not walked; null before the first part. */
  readonly directoriesLeft: number | null;
  /** They, as the walker takes them; null when none are left, or all. */
  readonly frontier: Uint8Array | null;
  /** Bytes of the file that the scan is for, once it is there under its name: the directory can go then. */
  readonly published: number | null;
}

/** What does not change from the beginning of a scan to its end. */
export type ScanHead = z.output<typeof head>;

/** Bytes in JSON. */
const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const big = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const count = z.int().min(0);

const head = z.object({
  id: z.string(),
  startedAt: z.iso.datetime(),
  host: z.string(),
  pwalk: z.string(),
  /** Where roots that are relative begin. */
  directory: z.string(),
  settings: z.object({
    roots: z.array(z.string()),
    columns: z.array(z.string()).optional(),
    compression: z.string().optional(),
    constants: z.record(z.string(), z.string()),
    exclude: z.array(z.string()).optional(),
    excludeFrom: z.array(z.string()).optional(),
    excludePaths: z.array(z.string()).optional(),
    oneFileSystem: z.boolean().optional(),
    includePseudo: z.boolean().optional(),
    maxDepth: z.int().optional(),
    threads: z.int().optional(),
    memory: z.int().optional(),
    overflow: z.enum(['pause', 'spill']).optional(),
    spillDir: z.string().optional(),
    spillLimit: z.int().optional(),
    snapshots: z.boolean(),
    stat: z.enum(['lazy', 'sync']),
    opTimeout: z.number().optional(),
    interval: z.number(),
    partSize: z.number(),
    /** The parts are to become one file. */
    singleFile: z.boolean().default(false),
    filters: z.array(z.object({ name: z.string(), options: z.unknown().optional() })).default([]),
    failOnMatch: z.boolean().optional(),
    /** Where the table of errors comes to be, an absolute path. */
    errors: z.string().optional(),
    /** And those of directories. */
    directories: z.string().optional(),
    hardLinks: z.string().optional(),
  }),
});

const account = z
  .object({
    read: count,
    rows: count,
    vanished: count,
    excluded: count,
    files: count,
    directories: count,
    symlinks: count,
    other: count,
    bytes: z.union([big, count.transform(BigInt)]).nullable(),
    states: z.record(z.string(), count),
    clampedTimes: count,
  })
  .transform(({ states, ...counts }) => ({ ...counts, states: statesOf(states) }));

const parts = z.array(
  z.object({ name: z.string().regex(/^\d{6,}\.[a-z]+$/), rows: count, bytes: count }),
);

const record = z.object({
  version: z.literal(1),
  generation: count,
  scan: head,
  roots: z.array(z.object({ path: base64, dev: big, inode: big, btime: big.nullable() })),
  parts,
  errors: parts.default([]),
  totals: parts.default([]),
  accounting: account.nullable(),
  errorExamples: z.array(
    z.object({ path: base64, state: z.string(), errno: z.int(), operation: z.string() }),
  ),
  spilledBytes: count.default(0),
  overflow: z.object({ batches: count, bytes: count, peak: count }).nullable().default(null),
  seconds: z.number(),
  directoriesLeft: count.nullable(),
  published: count.nullable().default(null),
});

/** The payload of a record, in pieces: the length of its JSON in four bytes, the JSON, the frontier. */
export function encodeState({ frontier, ...state }: ScanState): readonly Uint8Array[] {
  const written = {
    version: 1,
    ...state,
    roots: state.roots.map(withText),
    errorExamples: state.errorExamples.map(withText),
  };
  const json = Buffer.from(JSON.stringify(written, plain));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return [length, json, ...(frontier === null ? [] : [frontier])];
}

/** What a payload says; null when it is of another version, or none. */
export function decodeState(payload: Buffer): ScanState | null {
  if (payload.length < 4) return null;
  const end = 4 + payload.readUInt32LE(0);
  const parsed = record.safeParse(jsonOf(payload.toString('utf8', 4, end)));
  if (end > payload.length || !parsed.success) return null;
  const { version: _, ...state } = parsed.data;
  const frontier = payload.subarray(end);
  return { ...state, frontier: frontier.length === 0 ? null : frontier };
}

/** An account as it is in a record, or in the footer of a file; null when it is none. */
export function accountOf(value: unknown): Accounting | null {
  return account.safeParse(value).data ?? null;
}

/** A big number as its digits. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function withText<T extends { readonly path: Uint8Array }>(
  one: T,
): Omit<T, 'path'> & { path: string } {
  return { ...one, path: Buffer.from(one.path).toString('base64') };
}

/** What JSON says; null when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function statesOf(counts: Readonly<Record<string, number>>): Accounting['states'] {
  const states: Partial<Record<EntryState, number>> = {};
  return Object.assign(states, counts);
}
