import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { everyColumn, type Row } from './collect.js';

/** What a walk in a process of its own came to; bigints as decimal strings. */
export interface ScriptedWalk {
  readonly rows: readonly Row[];
  readonly accounting: Record<string, unknown>;
  readonly warnings: readonly string[];
}

const script = `
  import { scan } from '@pwalk/native-walker';
  const { root, options } = JSON.parse(process.argv[1]);
  const rows = [], warnings = [];
  let accounting;
  scan(root, {
    columns: ${JSON.stringify(everyColumn)},
    ...options,
    onWarning: (warning) => warnings.push(warning),
    onAccounting: (account) => { accounting = account; },
  }).subscribe({
    next: (batch) => { for (let i = 0; i < batch.length; i++) rows.push(batch.row(i)); },
    complete: () => console.log(JSON.stringify({ rows, accounting, warnings }, (_, value) => typeof value === 'bigint' ? String(value) : value)),
  });`;

/**
 * Walks in a process that was prepared for it: `prefix` is the command that starts it, as
 * `['unshare', '-m', 'sh', '-c', 'mount …; exec "$@"', 'sh']`.
 */
export function walkScript(
  root: string,
  options: Record<string, unknown> = {},
  prefix: readonly string[] = [],
  spawning: SpawnSyncOptions = {},
): ScriptedWalk {
  const [command, ...args] = [
    ...prefix,
    process.execPath,
    '--input-type=module',
    '-e',
    script,
    JSON.stringify({ root, options }),
  ];
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: new URL('..', import.meta.url).pathname,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 60_000,
    killSignal: 'SIGKILL',
    ...spawning,
  });
  if (status !== 0) throw new Error(`the walk ended with ${status}: ${stderr}`);
  return JSON.parse(String(stdout));
}

/** A command that runs another one where only it sees the mounts that `setup` makes. Needs root. */
export function inMountNamespace(setup: string): string[] {
  return ['unshare', '-m', 'sh', '-c', `set -e; ${setup}; exec "$@"`, 'sh'];
}
