import { constants } from 'node:os';
import { loadBinding, type NativeRemaining } from './native-binding.js';
import { nativeUnavailable } from './native-source.js';

/**
 * Takes the lock of an open file until that is closed, also against other machines where its file system
 * has such locks.
 * @returns 0, or the errno: `EWOULDBLOCK` when another process has it; `ENOSYS` where the addon is missing
 */
export function lockFile(fd: number): number {
  return loadBinding()?.lockFile(fd) ?? constants.errno.ENOSYS;
}

/**
 * What a walk has left, from the bytes it left it in.
 * @throws TypeError when they are none; PwalkError `PWALK_NATIVE_UNAVAILABLE`
 */
export function describeRemaining(frontier: Uint8Array): NativeRemaining {
  const binding = loadBinding();
  if (binding === null) throw nativeUnavailable();
  return binding.describeRemaining(frontier);
}

/** @throws PwalkError `PWALK_NATIVE_UNAVAILABLE` where walks cannot be gone on with */
export function requireNativeWalker(): void {
  if (loadBinding() === null) throw nativeUnavailable();
}
