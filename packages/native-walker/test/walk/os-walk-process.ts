import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./scripts/os-walk.py', import.meta.url));

export type Step = readonly [dirpath: string, dirnames: string[], filenames: string[]];
export interface Failure {
  readonly errno: number;
  readonly path: string;
}

/** The command of a Python whose os.walk is the one to compare with, or null. */
export function findPython(): string | null {
  for (const command of ['python3.11', 'python3.10', 'python3']) {
    const { stdout, status } = spawnSync(command, ['--version'], { encoding: 'utf8' });
    if (status === 0 && /^Python 3\.1[01]\./.test(stdout)) return command;
  }
  return null;
}

/** Python's os.walk in a process of its own: one walk after the other. */
export class OsWalkProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string) {
    this.#child = spawn(command, ['-I', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  tell(value: unknown): void {
    this.#child.stdin.write(`${JSON.stringify(value)}\n`);
  }

  /** What it says up to and with the next step or end: the failures before it, and that. */
  async hear(): Promise<{ failures: Failure[]; step: Step | null }> {
    const failures: Failure[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done === true) throw new Error('os.walk ended by itself');
      const said: Failure | Step | null = JSON.parse(value);
      if (said === null || Array.isArray(said)) return { failures, step: said as Step | null };
      failures.push(said as Failure);
    }
  }

  end(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
