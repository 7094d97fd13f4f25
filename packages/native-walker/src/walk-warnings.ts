import { getSystemErrorMap } from 'node:util';
import { entryOperations, escapeText } from '@pwalk/core';
import type { NativeNotes, NativeSlowCall } from './native-binding.js';

/** What a walk has to tell besides its rows, a sentence each, safe for a terminal. */
export function walkWarnings(notes: NativeNotes): string[] {
  const warnings: string[] = [];
  if (notes.scopeByDevice) {
    warnings.push(
      'This kernel tells no mount ids: one file system was taken to mean one device, so bind mounts were entered.',
    );
  }
  if (notes.snapshotLookalikes > 0) {
    const first = `"${escapeText(notes.firstLookalike)}"`;
    warnings.push(
      notes.snapshotLookalikes === 1
        ? `${first} was not entered because it has the name of snapshots, but it looks like user data: it can be written and is on the file system around it. Use --snapshots to enter it.`
        : `${notes.snapshotLookalikes} directories were not entered because they have the names of snapshots, but they look like user data, as ${first}: they can be written and are on the file systems around them. Use --snapshots to enter them.`,
    );
  }
  for (const { path, errno } of notes.degraded) {
    warnings.push(
      `The file system at "${escapeText(path)}" stopped answering (${errorName(errno)}); what was not read of it yet has the state "degraded".`,
    );
  }
  if (notes.unexpectedErrors > 0) {
    warnings.push(
      `Calls failed with ${errorName(notes.firstUnexpected)} (${notes.unexpectedErrors} in all), which the walker should never meet; please report this.`,
    );
  }
  return warnings;
}

/** What the walk waits for, or waits for no more; safe for a terminal. */
export function slowCallWarnings(calls: readonly NativeSlowCall[], opTimeout: number): string[] {
  return calls.map(({ operation, path, mountPoint, mountType, seconds, givenUp }) => {
    const mount =
      mountPoint.length === 0
        ? 'its file system'
        : `the ${escapeText(mountType)} file system on "${escapeText(mountPoint)}"`;
    const what = `${entryOperations[operation]} of "${escapeText(path)}"`;
    const time = `${Math.round(seconds)} s`;
    if (givenUp)
      return `${what} did not answer for ${time}, so ${mount} was given up; what was not read of it has the state "degraded".`;
    const then =
      opTimeout > 0
        ? `it is given up after ${opTimeout} s (--op-timeout)`
        : 'it is waited for until it answers (no --op-timeout)';
    return `${what} has not answered for ${time}: ${mount} hangs; ${then}.`;
  });
}

function errorName(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}
