import { execFileSync, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { command, type Ended } from './pwalk.js';

const walker = fileURLToPath(new URL('../../../native-walker', import.meta.url));
const builder = fileURLToPath(new URL('../../../../scripts/build-native.mjs', import.meta.url));

/** The program, to be put before a command. */
export const faults = `${walker}/build/faults`;

export interface Fault {
  readonly call: 'openat' | 'getdents64' | 'statx' | 'sync' | 'rename' | 'remove' | 'write';
  /** What the call fails with; `kill`: the command is killed when it makes the call. */
  readonly error: keyof typeof constants.errno | 'kill';
  /** A glob for the last component of what the calls are about; any when empty. */
  readonly name: string;
  /** The first that fails, and each so many after it; 0 for no other. */
  readonly first?: number;
  readonly every?: number;
}

/** Builds the program that fails calls. */
export function buildFaults(): void {
  execFileSync(process.execPath, [builder, 'faults'], { cwd: walker, stdio: 'ignore' });
}

/** Runs `pwalk`, as some user, while the kernel fails some of its calls, whoever makes them. */
export function pwalkWith(
  fault: Fault,
  args: readonly string[],
  cwd: string,
  user: { uid?: number; gid?: number } = {},
): Ended {
  const { call, error, name, first = 1, every = 1 } = fault;
  const errno = error === 'kill' ? 0 : constants.errno[error];
  const { status, stdout, stderr } = spawnSync(
    faults,
    [call, `${errno}`, name, `${first}`, `${every}`, process.execPath, command, ...args],
    { cwd, encoding: 'utf8', timeout: 90_000, ...user },
  );
  return { status, stdout, stderr };
}
