import { PwalkError } from '../errors/pwalk-error.js';
import { reasonOf } from '../io/output-file.js';
import { escapeText } from '../text/escape.js';

/** Batches cannot be put there at all. */
export function cannotSpill(directory: string, cause: unknown): PwalkError {
  return new PwalkError(
    'PWALK_SPILL_FAILED',
    `Batches cannot be spilled to "${escapeText(directory)}": ${reasonOf(cause)}; name another directory, or pause instead of spilling.`,
    { path: directory, cause },
  );
}

/** What was put there is lost, and with it the result. */
export function cannotReadBack(directory: string, cause: unknown): PwalkError {
  return new PwalkError(
    'PWALK_SPILL_FAILED',
    `Batches that were spilled to "${escapeText(directory)}" do not come back: ${reasonOf(cause)}; name a directory on another device, or pause instead of spilling.`,
    { path: directory, cause },
  );
}

/** For people: the run goes on, and only waits more. */
export function noRoom(directory: string, cause: unknown): string {
  return `Batches cannot be spilled to "${escapeText(directory)}" any more: ${reasonOf(cause)}; until what is there has been taken, the walk waits for its sinks.`;
}
