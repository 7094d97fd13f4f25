import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Directory of the scripts that run in a process of their own. */
const scripts = fileURLToPath(new URL('./scripts/', import.meta.url));
export const addon = fileURLToPath(new URL('../../build/pwalk_walker.node', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script of `scripts/` in Node with the addon and a tree, and waits for its end. */
export function runScript(
  name: string,
  tree: string,
  flags: readonly string[] = [],
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, join(scripts, name), addon, tree], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A tree of some thousands of entries. */
export async function makeTree(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pwalk-hazard-'));
  for (let i = 0; i < 80; i++) {
    const directory = join(root, `a${i % 8}`, `b${i}`);
    await mkdir(directory, { recursive: true });
    await Promise.all(
      Array.from({ length: 60 }, (_, j) => writeFile(join(directory, `f${j}.txt`), '')),
    );
  }
  return root;
}

export async function removeTree(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true });
}
