import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach } from 'vitest';

/** The command as it is installed. */
export const command = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `pwalk` in a directory to its end. */
export function pwalk(
  args: readonly string[],
  options: { cwd?: string; uid?: number; env?: NodeJS.ProcessEnv; timeout?: number } = {},
): Ended {
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: options.env ?? process.env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // A command that does not end by itself is a failure, not a hang of the tests.
    timeout: options.timeout ?? 60_000,
    killSignal: 'SIGKILL',
    ...identity,
  });
  return { status, stdout, stderr };
}

/** Starts `pwalk` and leaves it running. */
export function startPwalk(args: readonly string[], cwd: string) {
  return spawn(process.execPath, [command, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Rows of a query, numbers as DuckDB's JSON gives them. */
export async function sql(query: string): Promise<Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(query)).getRowObjectsJson();
}

/** A scratch directory for each test of a file. */
export function scratch(): { readonly path: string; at(...parts: string[]): string } {
  const current = { path: '', at: (...parts: string[]) => join(current.path, ...parts) };
  beforeEach(() => {
    current.path = mkdtempSync(join(tmpdir(), 'pwalk-cli-'));
  });
  afterEach(() => rmSync(current.path, { recursive: true, force: true }));
  return current;
}
