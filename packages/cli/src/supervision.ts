import { closeSync, openSync, readFileSync } from 'node:fs';
import { interruption } from './interruption.js';

/**
 * A process ends with its last thread, and a thread that waits for a file system that hangs may be one
 * that nothing can end. So where there are file systems of other machines or other processes, a command
 * that reads trees is run by a child: it says what it came to when it is done, and the command ends with
 * that, whether the child can or not. Elsewhere there is no child.
 *
 * Loaded before anything else; loads nothing of ours but what signals do.
 */

const walking: ReadonlySet<string> = new Set(['report', 'run', 'walk', 'repair', 'resume']);

/** Types in /proc/self/mountinfo whose calls wait for a server. */
const served =
  / - (?:nfs4?|cifs|smb3|smbfs|lustre|gpfs|ceph|beegfs|beegfs_nodev|afs|9p|panfs|wekafs|pvfs2|ocfs2|gfs2|coda|ncpfs|virtiofs|fuse|fuseblk|fuse\.\S+) /;

/** What a child is told apart by. */
const CHILD = 'PWALK_SUPERVISED';

/** How long a child that is done may take to end, in milliseconds: one that cannot is left behind. */
const PATIENCE = 500;

const forwarded = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;
const statusOf: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** True when a command should be run by a child. */
export function needsChild(argv: readonly string[]): boolean {
  if (!walking.has(argv[0] ?? '') || process.env[CHILD] !== undefined) return false;
  try {
    return served.test(readFileSync('/proc/self/mountinfo', 'latin1'));
  } catch {
    return false;
  }
}

/** Runs the same command in a child and ends with its status; of a signal that came before, without a child. */
export function runInChild(entry: string, argv: readonly string[]): void {
  if (interruption.exitCode !== null) {
    process.exitCode = interruption.exitCode;
    return;
  }
  // Late: hardly any run has a child, and it loads sockets too. Not imported: signals that came while it
  // is waited for would be told to nobody.
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(process.execPath, [...process.execArgv, entry, ...argv], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [CHILD]: '1' },
    // Not in the terminal's foreground group: each signal reaches it once, through us.
    detached: true,
  });
  // In place of what the command itself does at a signal. The new listener first: with the last one Node
  // stops to listen, and forgets a signal that has come and was not yet told.
  for (const name of forwarded) {
    const former = process.listeners(name);
    process.on(name, () => child.kill(name));
    for (const listener of former) process.removeListener(name, listener);
  }
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', () => child.kill('SIGCONT'));
  child.on('message', (status: unknown) => {
    process.exitCode = typeof status === 'number' ? status : 1;
    setTimeout(() => process.exit(), PATIENCE);
  });
  child.on('error', ({ message }) => {
    process.stderr.write(`pwalk: the command could not be started: ${message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(process.exitCode ?? code ?? statusOf[signal ?? ''] ?? 1);
  });
}

/** In the child: says what the command came to. Resolves when that is said; nothing where there is no parent. */
export async function reportStatus(): Promise<void> {
  const { send, channel } = process;
  if (process.env[CHILD] === undefined || send === undefined) return;
  process.removeAllListeners('disconnect');
  await new Promise<void>((said) => send.call(process, process.exitCode ?? 0, () => said()));
  channel?.unref();
  // Whoever reads what we print waits for its end, and we may never come to ours.
  for (const standard of [0, 1, 2]) {
    closeSync(standard);
    openSync('/dev/null', 'r+');
  }
}

/** In the child: a parent that is gone is a reason to stop. */
export function followParent(): void {
  if (process.env[CHILD] === undefined || process.channel === undefined) return;
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
