import { homedir, userInfo } from 'node:os';

/**
 * Gives `HOME` and `SHELL` a value where neither the environment nor the user database has one, as
 * for a bare user id under cron or in a container: libraries ask for both while they load, and throw.
 * Loads nothing of ours.
 */
function completeEnvironment(): void {
  const { env } = process;
  if (!isKnown(homedir)) env.HOME = '/';
  if (env.SHELL === undefined && !isKnown(userInfo)) env.SHELL = '/bin/sh';
}

function isKnown(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false;
  }
}

completeEnvironment();
