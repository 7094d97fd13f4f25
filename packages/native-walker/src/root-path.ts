import { getSystemErrorMap } from 'node:util';
import { escapeText, PwalkError } from '@pwalk/core';

/** A path as bytes, which is what it is. */
export function pathBytes(path: string | Uint8Array): Buffer {
  return typeof path === 'string'
    ? Buffer.from(path)
    : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}

/** What goes between a directory's path and a name: nothing when the path ends in a slash, as find does. */
export function childPath(directory: Buffer, name: Buffer): Buffer {
  const slash = directory.at(-1) === 0x2f ? '' : '/';
  return Buffer.concat([directory, Buffer.from(slash), name]);
}

/** Last component as typed, without trailing slashes; `/` for the root directory. */
export function rootName(path: Buffer): Buffer {
  let end = path.length;
  while (end > 1 && path[end - 1] === 0x2f) end--;
  return end === 1 ? path.subarray(0, 1) : path.subarray(path.lastIndexOf(0x2f, end - 1) + 1, end);
}

/** The error of a root that cannot be looked at. */
export function rootMissing(path: Uint8Array, errno: number): PwalkError {
  const [code, reason] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
  return new PwalkError(
    'PWALK_ROOT_MISSING',
    `Cannot walk "${escapeText(path)}": ${reason} (${code}). Check the path.`,
    { path: Buffer.from(path).toString() },
  );
}
