import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { pwalk, scratch, sql } from './support/pwalk.js';

const here = scratch();
const output = () => here.at('s.parquet');

beforeEach(() => {
  for (const name of ['tree/src/deep', 'tree/node_modules/p', 'tree/.snapshot'])
    mkdirSync(here.at(name), { recursive: true });
  for (const name of ['tree/a.o', 'tree/src/b.o', 'tree/src/c.c', 'tree/src/deep/d.log'])
    writeFileSync(here.at(name), 'x');
});

/** Rows but `ok` ones by path, and all paths. */
async function rowsOf(...flags: string[]) {
  const ended = pwalk(['report', here.at('tree'), '-o', output(), ...flags], { cwd: here.path });
  const rows = await sql(`select path, state from '${output()}' order by path`);
  const below = (path: unknown) => String(path).slice(here.at('tree').length + 1);
  return {
    ...ended,
    paths: rows.map(({ path }) => below(path)),
    skipped: Object.fromEntries(
      rows.filter(({ state }) => state !== 'ok').map(({ path, state }) => [below(path), state]),
    ),
  };
}

describe('pwalk report leaves out', () => {
  it('what flags and files say; what is left is complete', async () => {
    writeFileSync(here.at('ignore'), '# objects\n*.o\n!b.o\n');
    writeFileSync(here.at('paths'), `${here.at('tree/src/deep')}\n`);
    const { status, stdout, paths, skipped } = await rowsOf(
      '--exclude-from',
      here.at('ignore'),
      '--exclude-paths',
      here.at('paths'),
      '--exclude',
      'node_modules/',
      '--exclude',
      '/src/*.{c,h}',
    );
    expect(status).toBe(0);
    expect(paths).toEqual(['', '.snapshot', 'node_modules', 'src', 'src/b.o', 'src/deep']);
    expect(skipped).toEqual({
      '.snapshot': 'skipped_snapshot',
      node_modules: 'excluded',
      'src/deep': 'excluded',
    });
    expect(stdout).toContain('8 read = 6 rows + 2 excluded\n');
    expect(stdout).toContain('3 directories not entered by rule: 2 excluded, 1 skipped_snapshot\n');
  });

  it('what is too deep, and says what of it is in the file', async () => {
    const { status, paths, skipped, stderr } = await rowsOf('--max-depth', '1', '-x', '--json');
    expect(status).toBe(0);
    expect(paths).toEqual(['', '.snapshot', 'a.o', 'node_modules', 'src']);
    expect(skipped).toMatchObject({ src: 'depth_limit', node_modules: 'depth_limit' });
    expect(stderr).toContain('was not entered because it has the name of snapshots');
    const [{ options }] = await sql(
      `select decode(value) as options from parquet_kv_metadata('${output()}') where decode(key) = 'pwalk.options'`,
    );
    expect(JSON.parse(String(options))).toMatchObject({ maxDepth: 1, oneFileSystem: true });
  });

  it.each([
    [
      ['--exclude', 'a[b'],
      /exclude: "a\[b" has a \[ that is not closed; write \\\[ for a bracket\.$/,
    ],
    [['--exclude', '{1..3}'], /one alternative/],
    [['--exclude', '!keep'], /begins with !/],
    [['--exclude-from', '/no/such'], /Cannot read the patterns in "\/no\/such"/],
    [['--exclude-paths', '/no/such'], /Cannot read the patterns in "\/no\/such"/],
    [['--max-depth', '-1'], /--max-depth/],
    [['--max-depth', 'deep'], /deep/],
  ])('nothing by %j: one sentence and status 2', (flags, sentence) => {
    const ended = pwalk(['report', here.at('tree'), '-o', output(), ...flags], { cwd: here.path });
    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr.trimEnd()).toMatch(sentence);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
