import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fullEntrySchema } from 'pwalk';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch } from './support/pwalk.js';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
const here = scratch();

describe('pwalk explain', () => {
  it('prints the stages of a report, its columns and its system calls, and does nothing', () => {
    const flags = [
      '-o',
      'a.csv',
      '--columns',
      'path,size',
      '--column',
      'site=x',
      '--errors',
      'e.csv',
      '--memory',
      '64MiB',
      '--overflow',
      'spill',
      '--spill-dir',
      'spill here',
    ];
    const { status, stdout } = pwalk(['explain', '/no/such/place', ...flags, '--threads', '2'], {
      cwd: here.path,
    });
    expect(status).toBe(0);
    expect(stdout).toBe(
      `source walker#1
  ─► filter constant-columns#1: adds site
    ─► sink csv#1: reads path, size, site
    ─► sink errors-file#2: reads path, path_raw, state, errno, operation, site
    ─► sink failure-log#3: reads path, path_raw, state, errno, operation

columns asked of walker#1, 6 of ${fullEntrySchema.fields.length}:
  path, path_raw, size, state, errno, operation
system calls:
  for each entry:     statx
  for each directory: openat, fstat, 2 getdents64, close
threads: 2
memory: 64.0 MiB beyond what Node takes
  directories that wait: 8.0 MiB, and beyond that 10.0 GiB on disk, in "spill here"
  batches that a sink is slow to take: up to 10.0 GiB on disk, in "spill here"
`,
    );
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('refuses what report refuses', () => {
    const wrong = ['/usr', '--columns', 'nope'];
    expect(pwalk(['explain', ...wrong])).toEqual(pwalk(['report', ...wrong]));
    expect(pwalk(['explain'])).toMatchObject({ status: 2, stdout: '' });
  });

  it.runIf(hasStrace).each(['path,type', 'path,size', 'dir_sum'])(
    'tells the calls that strace sees, for the columns %s',
    (columns) => {
      const { stdout } = pwalk(['explain', here.path, '--columns', columns, '--json']);
      const { perEntry, perDirectory } = JSON.parse(stdout).calls;
      const before = callsOf(columns);
      const files = 300;
      for (let i = 0; i < files; i++) writeFileSync(here.at(`file ${i}`), '');
      const withFiles = callsOf(columns);
      const directories = 40;
      for (let i = 0; i < directories; i++) mkdirSync(here.at(`directory ${i}`));
      const withBoth = callsOf(columns);
      for (const call of Object.keys(walkerCalls)) {
        const times = (calls: readonly string[]) => calls.filter((name) => name === call).length;
        const each = { entry: times(perEntry), directory: times(perEntry) + times(perDirectory) };
        expect([call, withFiles(call) - before(call)]).toEqual([call, files * each.entry]);
        expect([call, withBoth(call) - withFiles(call)]).toEqual([
          call,
          directories * each.directory,
        ]);
      }
    },
  );
});

/** The walker's calls, told from those of Node and libc by their flags. */
const walkerCalls: Readonly<Record<string, RegExp>> = {
  statx: / statx\(.*AT_NO_AUTOMOUNT/,
  openat: / openat\(.*O_DIRECTORY/,
  getdents64: / getdents64\(/,
};

/** How often the walker makes a call when the scratch directory is reported. */
function callsOf(columns: string): (call: string) => number {
  const output = here.at('calls');
  const traced = ['-f', '-o', output, '-e', 'trace=statx,openat,getdents64'];
  const report = [command, 'report', here.path, '-o', '/dev/null', '--columns', columns, '-q'];
  execFileSync('strace', [...traced, process.execPath, ...report]);
  const lines = readFileSync(output, 'utf8').split('\n');
  return (call) => lines.filter((line) => walkerCalls[call]?.test(line)).length;
}
