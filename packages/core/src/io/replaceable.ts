import { readFileSync } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

const STICKY = 0o1000;
/** CAP_FOWNER: sticky directories do not hold whoever has it. */
const FOWNER = 3n;

/**
 * Refuses a name that a rename could not take later: what is under it belongs to somebody else, in a
 * sticky directory as `/tmp` is one.
 */
export async function checkReplaceable(path: string): Promise<void> {
  const existing = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (existing === null) return;
  const directory = await stat(dirname(path));
  const user = process.geteuid?.();
  const isOurs = user === existing.uid || user === directory.uid;
  if ((directory.mode & STICKY) === 0 || isOurs || replacesAnything()) return;
  throw new Error(
    `it belongs to user ${existing.uid}, and in a sticky directory only its owner may replace it`,
  );
}

function replacesAnything(): boolean {
  try {
    const [, effective = '0'] =
      /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    return ((BigInt(`0x${effective}`) >> FOWNER) & 1n) === 1n;
  } catch {
    return process.geteuid?.() === 0;
  }
}
