import type { PlannedEffect } from '@pwalk/core';
import type { Change } from './change.js';

/** One change in words. */
export function describe(change: Change): PlannedEffect {
  const { uid, gid, permissions, newUid, newGid, newMode } = change;
  const parts = [
    newUid === uid ? null : `owner ${uid} to ${newUid}`,
    newGid === gid ? null : `group ${gid} to ${newGid}`,
    newMode === permissions ? null : `mode ${octal(permissions)} to ${octal(newMode)}`,
  ].filter((part) => part !== null);
  const effect = newMode === permissions ? 'fs:chown' : 'fs:chmod';
  return {
    effect,
    path: change.path.toString() || '.',
    summary: parts.join(', '),
  };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
