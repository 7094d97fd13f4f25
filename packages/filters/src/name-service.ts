import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { escapeText, PwalkError } from '@pwalk/core';

/** Milliseconds a directory service has to answer. */
const PATIENCE = 30_000;

/** Exit status of getent for a name that is not there. */
const NOT_FOUND = 2;

/**
 * The numeric id of a user or a group, by the same services the system asks (files, SSSD, LDAP): a
 * number stands for itself, a name is looked up by `getent`.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` for a name nobody has, or where it cannot be looked up
 */
export async function idOf(
  name: string | number,
  database: 'passwd' | 'group',
  signal: AbortSignal,
): Promise<bigint> {
  if (typeof name === 'number') return BigInt(name);
  if (/^\d+$/.test(name)) return BigInt(name);
  const kind = database === 'passwd' ? 'user' : 'group';
  const shown = escapeText(name);
  try {
    const lookUp = promisify(execFile);
    const { stdout } = await lookUp('getent', [database, '--', name], {
      timeout: PATIENCE,
      signal,
    });
    // name:password:id:…
    const id = stdout.split('\n')[0]?.split(':')[2];
    if (id !== undefined && /^\d+$/.test(id)) return BigInt(id);
    throw new Error('getent gave no id');
  } catch (cause) {
    signal.throwIfAborted();
    const isUnknown = cause instanceof Error && 'code' in cause && cause.code === NOT_FOUND;
    const message = isUnknown
      ? `There is no ${kind} "${shown}" here; check the name, or give its number.`
      : `The ${kind} "${shown}" cannot be looked up with getent; give its number.`;
    throw new PwalkError('PWALK_OPTIONS_INVALID', message, { cause });
  }
}
