import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastCommit } from '../src/scan-directory/frontier-log.js';
import { buildFaults, pwalkWith } from './support/faults.js';
import { pwalk, scratch, sql, startPwalk } from './support/pwalk.js';
import {
  committedParts,
  committedRows,
  expectSameRows,
  growTree,
  partFiles,
} from './support/scans.js';

const here = scratch();

/** For `npm run test:soak`, or with PWALK_SOAK=1: a larger tree, and kills by the hundred. */
const soak = Number(process.env.PWALK_SOAK ?? 0);
const ENTRIES = soak > 0 ? 300_000 : 8_000;
const KILLS = soak > 0 ? Math.max(200, soak * 5) : 6;
const PART_SIZE = soak > 0 ? '16kB' : '4kB';

/** The tree, and a report of it that nobody disturbed. */
const common = mkdtempSync(join(tmpdir(), 'pwalk-common-'));
const tree = join(common, 'tree');
let undisturbed: Record<string, unknown> = {};

beforeAll(() => {
  buildFaults();
  growTree(tree, ENTRIES);
  const args = ['report', tree, '-o', 'whole.parquet', ...tables, '--json'];
  const { stdout } = pwalk(args, { cwd: common });
  undisturbed = JSON.parse(stdout);
}, 3_600_000);
afterAll(() => rmSync(common, { recursive: true, force: true }), 3_600_000);

/** Files for what directories come to, and for the names of the same file. */
const tables = ['--directories', 'directories.parquet', '--hard-links', 'links.parquet'];

/** The command that begins the scan, or goes on with it. */
function nextCommand(partSize = '4kB'): string[] {
  return logLength() > 0
    ? ['resume', 'scan', '-q']
    : [...['report', tree, '-o', 'scan', '--checkpoint', '--part-size', partSize, '-q'], ...tables];
}

/** After a kill: nothing that was committed has changed, and nothing is lost of it. */
async function expectKept(before: ReadonlyMap<string, string>, rows: number) {
  const after = await committedParts(here.at('scan'));
  for (const [name, identity] of before) expect(after.get(name)).toBe(identity);
  expect(await committedRows(here.at('scan'))).toBeGreaterThanOrEqual(rows);
  return after;
}

async function expectWhole() {
  const options = { cwd: here.path, timeout: soak > 0 ? 900_000 : 60_000 };
  const { status, stdout } = pwalk(['resume', 'scan', '--json'], options);
  expect(status).toBe(0);
  const { outputs, seconds, threads, ...summary } = JSON.parse(stdout);
  const { outputs: _outputs, seconds: _seconds, threads: _threads, ...expected } = undisturbed;
  expect(summary).toEqual(expected);
  await expectSameRows(here.at('scan'), join(common, 'whole.parquet'));
  for (const table of ['directories.parquet', 'links.parquet']) {
    const made = await sql(`from '${here.at(table)}'`);
    expect(made.length).toBeGreaterThan(100);
    expect(made).toEqual(await sql(`from '${join(common, table)}'`));
  }
  // Of parts that were not committed nothing is left, under whatever name.
  const parts = await committedParts(here.at('scan'));
  expect(partFiles(here.at('scan'))).toEqual([...parts.keys()]);
  const totals = (await lastCommit(here.at('scan/frontier.log')))?.totals ?? [];
  expect(readdirSync(here.at('scan/totals')).sort()).toEqual(totals.map(({ name }) => name));
}

describe('a scan that is killed again and again', () => {
  it('at any moment: loses nothing, repeats nothing, and comes to the same', async () => {
    let parts: ReadonlyMap<string, string> = new Map();
    let rows = 0;
    let kills = 0;
    let commits = 0;
    for (let run = 0; kills < KILLS; run++) {
      const child = startPwalk(nextCommand(PART_SIZE), here.path);
      const ended = once(child, 'exit');
      // At its n-th commit, and a random while later.
      let seen = logLength();
      for (let grown = 0; grown < run % 3 && child.exitCode === null; ) {
        await new Promise(setImmediate);
        if (logLength() !== seen) grown++;
        seen = logLength();
      }
      const until = performance.now() + Math.random() * 20;
      while (performance.now() < until) await new Promise(setImmediate);
      child.kill('SIGKILL');
      const [status, signal] = await ended;
      expect([status, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGKILL']);
      const after = await expectKept(parts, rows);
      if (signal === 'SIGKILL') kills++;
      if (signal === 'SIGKILL' && after.size > parts.size) commits++;
      parts = after;
      rows = await committedRows(here.at('scan'));
      // It was faster than the kill, or is killed only now that it is whole: there is another to be killed.
      if (kills < KILLS && existsSync(here.at('scan/manifest.json'))) {
        await expectWhole();
        rmSync(here.at('scan'), { recursive: true });
        parts = new Map();
        rows = 0;
      }
    }
    await expectWhole();
    await expectKept(parts, rows);
    if (soak > 0) process.stderr.write(`${kills} kills, ${commits} of them after a commit\n`);
  }, 3_600_000);

  it.each([
    ['sync', '', 8, 1, 40],
    ['rename', '', 5, 1, 20],
    // In pieces: a record is four of them, a part some sixty.
    ['write', 'frontier.log*', 9, 2, 36],
    ['write', '.*.parquet.pwalk-*', 121, 60, 150],
  ] as const)(
    'before its n-th %s of "%s": the same',
    async (call, name, most, step, mostInSoak) => {
      let parts: ReadonlyMap<string, string> = new Map();
      let rows = 0;
      for (let n = 1; n <= (soak > 0 ? mostInSoak : most); n += soak > 0 ? 1 : step) {
        const fault = { call, error: 'kill', name, first: n, every: 0 } as const;
        const { status } = pwalkWith(fault, nextCommand(), here.path);
        expect(status).toBe(137);
        parts = await expectKept(parts, rows);
        rows = await committedRows(here.at('scan'));
      }
      expect(rows).toBeGreaterThan(0);
      await expectWhole();
      await expectKept(parts, rows);
    },
    600_000,
  );
});

function logLength(): number {
  return statSync(here.at('scan/frontier.log'), { throwIfNoEntry: false })?.size ?? 0;
}
