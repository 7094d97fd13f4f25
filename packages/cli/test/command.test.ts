import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pwalk, scratch, startPwalk } from './support/pwalk.js';

const here = scratch();

describe('pwalk', () => {
  it('--version prints the version without loading anything', () => {
    const { stdout, status } = pwalk(['--version']);
    expect(stdout).toMatch(/^pwalk\/\d+\.\d+\.\d+ \w+-\w+ node-v\d+/);
    expect(status).toBe(0);
  });

  it('report --help shows every flag', () => {
    const { stdout, status } = pwalk(['report', '--help']);
    for (const flag of [
      '--output',
      '--threads',
      '--memory',
      '--snapshots',
      '--stat',
      '--exclude',
      '--exclude-from',
      '--exclude-paths',
      '--one-file-system',
      '--include-pseudo',
      '--follow-symlinks',
      '--max-depth',
      '--json',
      '--quiet',
    ]) {
      expect(stdout).toContain(flag);
    }
    expect(status).toBe(0);
  });

  it.each([[['-h']], [['walk', '-h']]])('%j is --help', (argv) => {
    const { stdout, status } = pwalk(argv);
    expect(stdout).toContain('USAGE');
    expect(status).toBe(0);
  });

  // Cron, a batch system, a container: nothing in the environment, and nobody in the user database.
  it.each([
    [['--help']],
    [['report', '--help']],
    [['report', '.', '-o', '-', '--format', 'summary', '-q']],
    [['walk', '.']],
    [['run', '-q']],
    [['explain']],
    [['plugins']],
    [['init', '--help']],
    [['repair', '.', '--allow-unknown-gid', '--json']],
  ])('%j needs no environment, nor an entry in the user database', (args) => {
    writeFileSync(
      here.at('pwalk.config.yaml'),
      'roots: [.]\nsinks: [{ use: jsonl, options: { path: "-" } }]\n',
    );
    chmodSync(here.path, 0o755);
    const nobody = process.getuid?.() === 0 ? { uid: 54321 } : {};
    const ended = pwalk(args, { cwd: here.path, env: {}, ...nobody });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).not.toBe('');
  });

  it('does not open the inspector on SIGUSR1', async () => {
    const child = startPwalk(
      ['report', ...Array(8).fill('/usr'), '-o', 's.parquet', '-q'],
      here.path,
    );
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(1);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(stderr).toBe('');
    expect(existsSync(here.at('s.parquet'))).toBe(true);
  });
});
