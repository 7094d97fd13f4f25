import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, scratch } from './support/pwalk.js';

const hasStrace = spawnSync('strace', ['-V']).status === 0;
const here = scratch();

/** How often a report looks at one of our files. */
function looks(...filters: string[]): number {
  const output = here.at('calls');
  const report = [command, 'report', here.path, '-o', '/dev/null', '--columns', 'path', '-q'];
  const traced = ['-f', '-o', output, '-e', 'trace=statx', process.execPath, ...report, ...filters];
  execFileSync('strace', traced);
  return readFileSync(output, 'utf8')
    .split('\n')
    .filter((line) => /statx\(\d+, "entry \d+"/.test(line)).length;
}

describe.runIf(hasStrace)('filters ask the kernel for no more than they read', () => {
  it.each([
    [['--type', 'file'], false],
    [['--name', 'entry 1*'], false],
    [['--where', 'type == "file" and path =~ /entry/ and depth >= 0'], false],
    [['--where', 'type == "file" and size > 0'], true],
    [['--older-than', '1d'], true],
  ])('%j', (filters, isLookedAt) => {
    const files = 50;
    for (let i = 0; i < files; i++) writeFileSync(here.at(`entry ${i}`), '');
    expect(looks(...filters)).toBe(isLookedAt ? files : 0);
  });
});
