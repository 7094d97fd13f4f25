// Slow storage for a bench: a directory seen through slow_fs.cpp, which is compiled at its first use.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { benchDirectory } from '../make-tree.mjs';

let program = null;

function slowFs() {
  if (program !== null) return program;
  let flags;
  try {
    flags = execFileSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' });
  } catch {
    throw new Error('slow storage needs libfuse3-dev and pkg-config');
  }
  mkdirSync(benchDirectory, { recursive: true });
  const path = join(benchDirectory, 'slow_fs');
  const source = fileURLToPath(new URL('slow_fs.cpp', import.meta.url));
  const compiler = process.env.CXX ?? 'g++';
  execFileSync(compiler, ['-O2', '-std=c++20', '-o', path, source, ...flags.trim().split(/\s+/)]);
  program = path;
  return path;
}

/** Mounts the directory anew: nothing of it is cached. @returns {Promise<{ path: string, unmount(): Promise<void> }>} */
export async function mountSlow(directory) {
  const command = slowFs();
  const path = mkdtempSync(join(benchDirectory, 'slow-'));
  const own = statSync(path).dev;
  const server = spawn(command, [directory, path, '-o', 'ro,default_permissions'], {
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  while (statSync(path).dev === own) {
    if (server.exitCode !== null) throw new Error('the slow file system ended; it needs root');
    await setTimeout(10);
  }
  return {
    path,
    async unmount() {
      server.kill();
      await ended;
      rmdirSync(path);
    },
  };
}
