import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { type ErrorCode, escapeText, PwalkError } from '@pwalk/core';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

const OTHERS_WRITE = 0o022n;
const STICKY = 0o1000n;

/** What a file is for, in messages. */
export interface Purpose {
  /** As in `the journal`. */
  readonly what: string;
  readonly code: ErrorCode;
}

/**
 * Creates a file that only its owner can read and write, in a directory in which nobody else can put
 * another in its place.
 * @throws PwalkError with the purpose's code
 */
export async function createPrivateFile(path: string, purpose: Purpose): Promise<FileHandle> {
  try {
    await checkDirectory(dirname(path));
    return await open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw refusal(path, purpose, error);
  }
}

/**
 * Opens a file whose content is to be believed: a regular file of the caller, or root's, that nobody
 * else can write.
 * @throws PwalkError with the purpose's code
 */
export async function openTrustedFile(
  path: string,
  purpose: Purpose,
  mode: 'read' | 'append',
): Promise<FileHandle> {
  const flags = mode === 'append' ? O_RDWR | O_APPEND : O_RDONLY;
  let file: FileHandle;
  try {
    file = await open(path, flags | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    throw refusal(path, purpose, error);
  }
  try {
    const status = await file.stat({ bigint: true });
    if (!status.isFile()) throw new Error('it is not a regular file');
    checkOwner(status);
    return file;
  } catch (error) {
    await file.close();
    throw refusal(path, purpose, error);
  }
}

/** Makes a directory for such files, and those above it that are missing. */
export async function makePrivateDirectory(path: string, purpose: Purpose): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await checkDirectory(path);
  } catch (error) {
    throw refusal(path, purpose, error);
  }
}

async function checkDirectory(path: string): Promise<void> {
  const status = await lstat(path, { bigint: true });
  if (!status.isDirectory()) throw new Error(`"${escapeText(path)}" is not a directory`);
  if ((status.mode & STICKY) === 0n || !isOurs(status.uid))
    checkOwner(status, `"${escapeText(path)}"`);
}

function isOurs(uid: bigint): boolean {
  return uid === 0n || uid === BigInt(process.geteuid?.() ?? 0);
}

function checkOwner({ uid, mode }: BigIntStats, what = 'it'): void {
  if (!isOurs(uid)) throw new Error(`${what} belongs to user ${uid}`);
  if ((mode & OTHERS_WRITE) !== 0n) throw new Error(`${what} can be written by others`);
}

function refusal(path: string, { what, code }: Purpose, cause: unknown): PwalkError {
  const errno = cause instanceof Error && 'errno' in cause ? Number(cause.errno) : Number.NaN;
  const [name, text] = getSystemErrorMap().get(errno) ?? [];
  const reason =
    name === undefined ? (cause instanceof Error ? cause.message : '') : `${text} (${name})`;
  return new PwalkError(code, `${what} "${escapeText(path)}" cannot be used: ${reason}.`, {
    path,
    cause,
  });
}
