import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PwalkError } from '../errors/pwalk-error.js';
import { escapeText } from '../text/escape.js';

/** Whether this process acts as root, whom everybody would like to run their code. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

export interface TrustedFile {
  /** Without symbolic links. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a file whose content is going to be obeyed or run. As root it must be one that nobody but
 * root can have written: owned by root and not writable for others, as must be every directory above
 * it, but for root's sticky ones (`/tmp`), where nobody can replace what is root's. What is checked is
 * the open file, and its bytes are the ones returned.
 *
 * @throws PwalkError `PWALK_UNTRUSTED` with the reason; errors of the file system as they are
 */
export function readTrusted(path: string): TrustedFile {
  const asRoot = isRoot();
  const directory = realpathSync(dirname(path));
  const whole = join(directory, basename(path));
  if (asRoot) checkDirectories(path, directory);
  const descriptor = openFile(path, whole, asRoot);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw refusal(path, 'it is not a regular file');
    if (asRoot) checkOwner(path, whole, stats);
    return {
      path: asRoot ? whole : realpathSync(whole),
      text: readFileSync(descriptor, 'utf8'),
    };
  } finally {
    closeSync(descriptor);
  }
}

/** As root, `O_NOFOLLOW`: the link would be checked and what it points to be loaded. */
function openFile(path: string, whole: string, asRoot: boolean): number {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (asRoot ? constants.O_NOFOLLOW : 0);
  try {
    return openSync(whole, flags);
  } catch (error) {
    if (asRoot && error instanceof Error && 'code' in error && error.code === 'ELOOP')
      throw refusal(path, 'it is a symbolic link; name the file itself');
    throw error;
  }
}

/**
 * Refuses, as root, a file of code that somebody else can write. For files that Node loads by name:
 * since nobody but root can change what is at the path, it is the checked file that is loaded.
 * @throws PwalkError `PWALK_UNTRUSTED`
 */
export function checkTrusted(path: string): void {
  if (!isRoot()) return;
  const whole = realpathSync(path);
  checkDirectories(path, dirname(whole));
  checkOwner(path, whole, lstatSync(whole));
}

/**
 * Refuses a config that another user left where we search: who searches upward from a directory of
 * somebody else's must not run their code.
 * @throws PwalkError `PWALK_UNTRUSTED`
 */
export function checkFoundByUs(path: string): void {
  const { uid } = lstatSync(realpathSync(path));
  const us = process.geteuid?.() ?? uid;
  if (uid === us || uid === 0) return;
  throw refusal(path, `it belongs to user ${uid}; name it with --config if you trust it`);
}

function checkDirectories(path: string, directory: string): void {
  for (let at = directory; ; at = dirname(at)) {
    const stats = lstatSync(at);
    // In a sticky directory an entry can be replaced by its owner only, and the entry is root's.
    const isSticky = (stats.mode & 0o1000) !== 0;
    if (stats.uid !== 0 || ((stats.mode & 0o022) !== 0 && !isSticky)) {
      throw refusal(path, `the directory ${describe(at, stats)}`);
    }
    if (at === dirname(at)) return;
  }
}

function checkOwner(path: string, whole: string, stats: Stats): void {
  if (stats.uid !== 0 || (stats.mode & 0o022) !== 0) throw refusal(path, describe(whole, stats));
}

function describe(path: string, stats: Stats): string {
  const name = `"${escapeText(path)}"`;
  return stats.uid !== 0
    ? `${name} belongs to user ${stats.uid}; make it root's (chown root) if you trust it`
    : `${name} can be written by others than root; take that away (chmod go-w) if you trust it`;
}

function refusal(path: string, reason: string): PwalkError {
  return new PwalkError(
    'PWALK_UNTRUSTED',
    `Refused to load "${escapeText(path)}"${isRoot() ? ' as root' : ''}: ${reason}.`,
    { path },
  );
}
