import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { crc32c } from './crc32c.js';

/** A name in JSON: text where its bytes are UTF-8, else base64. */
const name = z.union([z.string(), z.strictObject({ b64: z.string() })]);
type Name = z.output<typeof name>;

export function nameToJson(bytes: Buffer): Name {
  return isUtf8(bytes) ? bytes.toString('utf8') : { b64: bytes.toString('base64') };
}

export function nameFromJson(from: Name): Buffer {
  return typeof from === 'string' ? Buffer.from(from) : Buffer.from(from.b64, 'base64');
}

/** uid, gid, and permission bits in octal. */
const image = z.tuple([z.int().min(0), z.int().min(0), z.string().regex(/^[0-7]{1,5}$/)]);
const big = z.string().regex(/^-?\d+$/);

/**
 * The lines of a journal; `docs/specs/repair-journal.md` describes them.
 * - `begin`: a run starts; the first line, and again when a run goes on in the same file;
 * - `change`, `undo`: about to be done;
 * - `result`: what came of it;
 * - `end`: the run ended in an orderly way.
 */
export const journalRecord = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('begin'),
    version: z.literal(1),
    run: z.string(),
    at: z.string(),
    host: z.string(),
    pwalk: z.string(),
    root: z.strictObject({ path: name, dev: big, inode: big }),
    /** Hash of the plan file that is applied; null when planned and applied in one run. */
    plan: z.string().nullable(),
    /** The run undoes what is above. */
    undo: z.boolean(),
  }),
  z.strictObject({
    is: z.enum(['change', 'undo']),
    seq: z.int().min(1),
    /** The change that is undone. */
    of: z.int().min(1).optional(),
    path: name,
    links: z.array(name).optional(),
    type: z.enum(['file', 'directory']),
    dev: big,
    inode: big,
    btime: big,
    old: image,
    new: image,
    features: z.int().min(0).optional(),
  }),
  z.strictObject({
    is: z.literal('result'),
    seq: z.int().min(1),
    status: z.string(),
    errno: z.int().optional(),
    now: image.optional(),
  }),
  z.strictObject({ is: z.literal('end'), run: z.string(), done: z.int().min(0) }),
]);
export type JournalRecord = z.output<typeof journalRecord>;

const LINE_FEED = 0x0a;
/** Eight digits and a space. */
const CHECKSUM_WIDTH = 9;

/** A record as its line: the CRC-32C of the JSON, a space, the JSON. */
export function journalLine(record: JournalRecord): string {
  const json = JSON.stringify(record);
  return `${crc32c(Buffer.from(json)).toString(16).padStart(8, '0')} ${json}\n`;
}

/** The record in a line without its line feed; null when it is damaged. */
export function parseJournalLine(line: Buffer): JournalRecord | null {
  const json = line.subarray(CHECKSUM_WIDTH);
  const checksum = line.toString('latin1', 0, CHECKSUM_WIDTH);
  if (checksum !== `${crc32c(json).toString(16).padStart(8, '0')} `) return null;
  const parsed = journalRecord.safeParse(JSON.parse(json.toString('utf8')));
  return parsed.success ? parsed.data : null;
}

/** Where the next line feed is, from `at` on; -1 when there is none. */
export function endOfLine(bytes: Buffer, at: number): number {
  return bytes.indexOf(LINE_FEED, at);
}
