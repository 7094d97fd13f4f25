import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./scripts/os-walk-facts.mjs', import.meta.url));

/** The facts, by the number under which the script knows them. */
const facts = {
  1: 'parents come first, a subtree is contiguous, what is unreadable gives no step and no exception',
  2: 'links to directories are in dirnames and not entered; links that lead nowhere are in filenames',
  3: 'a name removed from dirnames is not entered',
  4: 'the top may be anything that is a path',
  5: 'bottom-up gives the same steps, children first',
  6: 'followlinks enters links, under the path of the link',
  7: 'a broken link as the top gives nothing',
  8: 'a directory renamed after its parent was given is an error at its turn, and nothing else',
  9: 'a top that does not exist gives nothing',
  10: 'a file as the top gives nothing',
  11: 'a fifo as the top gives nothing and blocks nobody',
  12: 'a fifo is in filenames',
  13: 'a fifo put into dirnames is one ENOTDIR for onerror, and the end',
  14: 'a hundred walks in lockstep hold no descriptor between steps',
  15: 'fifty levels, in the order of dirnames',
  20: 'bytes in, bytes out; names that are not UTF-8 survive as text',
};

function run(uid: number): Map<number, string | null> {
  const directory = mkdtempSync(join(tmpdir(), 'pwalk-facts-'));
  const own = process.getuid?.() === uid;
  if (!own) chownSync(directory, uid, uid);
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, directory], {
    encoding: 'utf8',
    ...(own ? {} : { uid, gid: uid }),
  });
  if (status !== 0) throw new Error(`the script ended with ${status}: ${stderr}`);
  const lines: Record<string, unknown>[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.pop()).toMatchObject({ uid });
  return new Map(
    lines.map(({ fact, problem }) => [Number(fact), typeof problem === 'string' ? problem : null]),
  );
}

const root = process.getuid?.() === 0;

describe.each([
  { who: 'root', uid: 0, possible: root },
  { who: 'an unprivileged user', uid: 65534, possible: root || process.getuid?.() === 65534 },
])('walk() as $who', ({ uid, possible }) => {
  let results: Map<number, string | null> | null = null;
  it.skipIf(!possible).each(Object.entries(facts))('%s: %s', (number) => {
    results ??= run(uid);
    expect([...results.keys()]).toEqual(Object.keys(facts).map(Number));
    expect(results.get(Number(number))).toBeNull();
  });
});
