import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { escapeText, formatSize, PwalkError } from '@pwalk/core';
import type { WalkerOptions } from './options.js';

type SpillOptions = Pick<WalkerOptions, 'spillDir' | 'spillLimit'>;

/** Where the walk puts what does not fit into memory. */
export function spillDirOf({ spillDir }: Pick<SpillOptions, 'spillDir'>): string {
  return spillDir ?? tmpdir();
}

/**
 * That files can be made in a directory somebody named; the default is looked at when it is needed.
 * @throws PwalkError `PWALK_SPILL_FAILED`
 */
export async function checkSpillDir(spillDir: string | undefined): Promise<void> {
  if (spillDir === undefined) return;
  try {
    await access(join(spillDir, '.'), constants.W_OK | constants.X_OK);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO';
    throw new PwalkError(
      'PWALK_SPILL_FAILED',
      `The spill directory "${escapeText(spillDir)}" cannot be written to (${code}); name one that can (--spill-dir).`,
      { path: spillDir, cause },
    );
  }
}

/** The error of a walk that could not spill; null for one that failed otherwise. */
export function spillFailure(cause: unknown, options: SpillOptions): PwalkError | null {
  if (!(cause instanceof Error && 'of' in cause) || cause.of === 'walk') return null;
  const path = spillDirOf(options);
  const where = `"${escapeText(path)}"`;
  const errno = 'errno' in cause ? Number(cause.errno) : 0;
  const code = getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
  const message =
    cause.of === 'spill-limit'
      ? `The directories that wait to be read take more than memory has room for and the ${formatSize(options.spillLimit)} they may take in ${where}; give more with --spill-limit or --memory.`
      : `The directories that wait to be read take more than memory has room for and cannot be kept in ${where} (${code}); make room there, or name another directory with --spill-dir.`;
  return new PwalkError('PWALK_SPILL_FAILED', message, { path, cause });
}
