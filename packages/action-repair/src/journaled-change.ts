import type { ChangeRecords } from './change-records.js';
import { nameFromJson } from './journal-record.js';
import type { Intent } from './read-journal.js';

const FILE = 0o100000;
const DIRECTORY = 0o040000;
const SET_ID = 0o6000;

/** A change as the journal has it, in numbers. */
export interface JournaledChange {
  readonly isDirectory: boolean;
  readonly old: Image;
  readonly new: Image;
  readonly features: number;
}

interface Image {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export function journaledChange(intent: Intent): JournaledChange {
  const image = ([uid, gid, mode]: Intent['old']) => ({ uid, gid, mode: Number.parseInt(mode, 8) });
  return {
    isDirectory: intent.type === 'directory',
    old: image(intent.old),
    new: image(intent.new),
    features: intent.features ?? 0,
  };
}

/** Appends the record that makes the change again. */
export function appendRedo(records: ChangeRecords, intent: Intent): void {
  const { old, new: wanted } = journaledChange(intent);
  append(records, intent, old, wanted);
}

/**
 * Appends the record that takes the change back. Set-id bits of a file that changed hands are not given
 * back: between the owner's change and the bits somebody could have put another program there.
 */
export function appendUndo(records: ChangeRecords, intent: Intent): void {
  const { old, new: changed, isDirectory } = journaledChange(intent);
  const moved = old.uid !== changed.uid || old.gid !== changed.gid;
  const mode = moved && !isDirectory ? old.mode & ~SET_ID : old.mode;
  append(records, intent, changed, { ...old, mode });
}

function append(records: ChangeRecords, intent: Intent, from: Image, to: Image): void {
  records.append({
    names: allNames(intent),
    dev: BigInt(intent.dev),
    inode: BigInt(intent.inode),
    btime: BigInt(intent.btime),
    mode: from.mode | (intent.type === 'directory' ? DIRECTORY : FILE),
    uid: from.uid,
    gid: from.gid,
    nlink: 0,
    depth: depthOf(nameFromJson(intent.path)),
    newMode: to.mode,
    newUid: to.uid,
    newGid: to.gid,
    features: intent.features ?? 0,
  });
}

/** As records have them: NUL between them. */
function allNames({ path, links = [] }: Intent): Buffer {
  const more = links.flatMap((name) => [Buffer.of(0), nameFromJson(name)]);
  return Buffer.concat([nameFromJson(path), ...more]);
}

const SLASH = 0x2f;

/** As in a scan: the root is -1, its entries 0. */
function depthOf(path: Buffer): number {
  if (path.length === 0) return -1;
  return path.reduce((slashes, byte) => (byte === SLASH ? slashes + 1 : slashes), 0);
}
