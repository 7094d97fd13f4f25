import { escapeText, PwalkError } from '@pwalk/core';
import { reasonOf } from '@pwalk/core/io';

/** The error of a file of a scan directory that cannot be written. */
export function writeFailure(path: string, cause: unknown): PwalkError {
  return new PwalkError(
    'PWALK_OUTPUT_WRITE',
    `Writing "${escapeText(path)}" failed: ${reasonOf(cause)}; free some space or check the device.`,
    { path, cause },
  );
}

export function resumeRefused(path: string, message: string): PwalkError {
  return new PwalkError('PWALK_RESUME_REFUSED', message, { path });
}
