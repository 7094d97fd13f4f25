import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { command, scratch, sql } from './support/pwalk.js';

const here = scratch();
const deep = fileURLToPath(new URL('support/deep-tree.mjs', import.meta.url));
/** Memory for resident pages of a whole report: bare Node takes some 50 MB of it. */
const MOST_RESIDENT = 300_000_000;
let tree = '';
beforeEach(() => {
  // In memory where that is possible: a hundred thousand directories take half a second there.
  tree = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pwalk-extremes-'));
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

/** Runs the command and gives its largest resident size in bytes. */
function report(args: readonly string[], prefix: readonly string[] = []) {
  const script = `process.on('exit', () => console.error(process.resourceUsage().maxRSS * 1024)); process.argv.splice(1, 0, '${command}'); await import('${command}');`;
  const [file, ...rest] = [...prefix, process.execPath, '--input-type=module', '-e', script];
  const ended = spawnSync(file, [...rest, 'report', ...args], {
    encoding: 'utf8',
    timeout: 110_000,
  });
  return { status: ended.status, stdout: ended.stdout, resident: Number(ended.stderr.trim()) };
}

describe('pwalk report of extreme trees', () => {
  it('H12: 100,000 directories in each other: bounded memory, a small file, rows joinable', async () => {
    const levels = 100_000;
    expect(spawnSync(process.execPath, [deep, tree, `${levels}`, 'make']).status).toBe(0);
    try {
      for (const [name, prefix] of [
        ['whole', []],
        ['few', ['prlimit', '--nofile=24']],
      ] as const) {
        const output = here.at(`${name}.parquet`);
        const columns = 'path,name,depth,inode,parent_inode,state,path_truncated';
        const args = [tree, '-o', output, '--columns', columns, '--json'];
        const { status, stdout, resident } = report(args, prefix);
        expect(JSON.parse(stdout)).toMatchObject({ entries: levels + 1, complete: true });
        expect(status).toBe(0);
        expect(resident).toBeLessThan(MOST_RESIDENT);
        expect(statSync(output).size).toBeLessThan(10_000_000);
        const [facts] = await sql(`
          select (count(*) filter (path_truncated))::int truncated, (count(distinct inode))::int inodes, max(depth)::int deepest,
            (select count(*) from '${output}' child join '${output}' parent on child.parent_inode = parent.inode and child.depth = parent.depth + 1)::int joined
          from '${output}'`);
        expect(facts).toEqual({
          truncated: levels - Math.floor((65536 - tree.length) / 2),
          inodes: levels + 1,
          deepest: levels - 1,
          joined: levels,
        });
      }
    } finally {
      expect(spawnSync(process.execPath, [deep, tree, `${levels}`, 'remove']).status).toBe(0);
    }
  });

  // A million take a quarter of a minute to make and to remove, and the same memory.
  const many = process.env.PWALK_SOAK === undefined ? 200_000 : 1_000_000;
  it(`H09: a directory of ${many} entries in bounded memory`, () => {
    mkdirSync(join(tree, 'many'));
    for (let i = 0; i < many; i++) symlinkSync('x', join(tree, 'many', `link-${i}`));
    const { status, stdout, resident } = report([tree, '-o', here.at('s.parquet'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      entries: many + 2,
      symlinks: many,
      complete: true,
    });
    expect(status).toBe(0);
    expect(resident).toBeLessThan(MOST_RESIDENT);
  });
});
