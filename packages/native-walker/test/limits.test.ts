import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const isRoot = process.getuid?.() === 0;

it.runIf(process.platform === 'linux')(
  'a process that may have no more threads is told so, and why',
  () => {
    // A root user has as many as there are: be nobody then.
    const program = `
    import { execFileSync } from 'node:child_process';
    import { scan } from '@pwalk/native-walker';
    const ended = () => new Promise((told) =>
      scan('/usr/include', { engine: 'native', threads: 2 }).subscribe({ error: told, complete: told }));
    await ended();
    execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1']);
    const { code, exitCode, message, cause } = await ended();
    console.log(JSON.stringify({ code, exitCode, message, cause: String(cause) }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
      ...(isRoot ? { uid: 65534, gid: 65534 } : {}),
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      code: 'PWALK_SOURCE_FAILED',
      exitCode: 1,
      message: expect.stringMatching(
        /^The walk broke off: .*Resource temporarily unavailable; give the process/,
      ),
      cause: expect.stringContaining('Resource temporarily unavailable'),
    });
  },
);
