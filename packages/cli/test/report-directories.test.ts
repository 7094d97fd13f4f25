import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { runPipeline } from '@pwalk/core';
import { synthetic } from '@pwalk/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { directories as directoryTables } from '../src/directories.js';
import { pwalk, scratch, sql } from './support/pwalk.js';

const here = scratch();

/** tree/a/x is tree/b/c/x, too; tree/b/c/d/z cannot be entered by others. */
beforeEach(() => {
  chmodSync(here.path, 0o755);
  mkdirSync(here.at('tree/a'), { recursive: true });
  mkdirSync(here.at('tree/b/c/d/z'), { recursive: true });
  writeFileSync(here.at('tree/a/x'), 'x'.repeat(5000));
  linkSync(here.at('tree/a/x'), here.at('tree/b/c/x'));
  writeFileSync(here.at('tree/b/y'), 'y'.repeat(30));
});

const tables = ['--directories', 'd.parquet', '--hard-links', 'h.parquet'];
const report = (...args: string[]) =>
  pwalk(['report', 'tree', '-o', 'scan.parquet', ...tables, ...args], { cwd: here.path });
const directories = (columns: string) =>
  sql(`select path, ${columns} from '${here.at('d.parquet')}' order by path`);

describe('report --directories --hard-links', () => {
  it('write tables beside the scan: what du adds up to, and one primary name', async () => {
    const { status, stdout } = report('--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).outputs).toMatchObject([
      { path: 'scan.parquet', rows: 9 },
      { path: 'd.parquet', rows: 6, table: 'directories' },
      { path: 'h.parquet', rows: 2, table: 'hard_links' },
    ]);
    const [du] = execFileSync('du', ['-sB1', here.at('tree')], { encoding: 'utf8' }).split('\t');
    const [root, ...below] = await directories(
      'tree_files as f, tree_dirs as d, tree_bytes as b, tree_bytes_unique as u, tree_allocated_unique as du',
    );
    expect(root).toEqual({ path: 'tree', f: '3', d: '5', b: '10030', u: '5030', du });
    expect(below).toMatchObject([
      { path: 'tree/a', f: '1', b: '5000', u: '5000' },
      { path: 'tree/b', f: '2', b: '5030', u: '30' },
      { path: 'tree/b/c', f: '1', d: '2', b: '5000', u: '0' },
      { path: 'tree/b/c/d' },
      { path: 'tree/b/c/d/z', f: '0', d: '0' },
    ]);
    expect(
      await sql(`from '${here.at('h.parquet')}' select path, links_found, link_primary`),
    ).toEqual([
      { path: 'tree/a/x', links_found: '2', link_primary: true },
      { path: 'tree/b/c/x', links_found: '2', link_primary: false },
    ]);
  });

  it('count what was walked, whatever the filters let through', async () => {
    expect(report('--where', 'size > 1TiB', '-q').status).toBe(0);
    expect((await directories('tree_files as f'))[0]).toEqual({ path: 'tree', f: '3' });
  });

  it('say above a directory that could not be read, or was left out, that it is so', async () => {
    if (process.getuid?.() === 0) {
      chmodSync(here.at('tree/b/c/d/z'), 0o700);
      mkdirSync(here.at('out'), { mode: 0o777 });
      chmodSync(here.at('out'), 0o777);
      const { status } = pwalk(
        ['report', '../tree', '-o', 's.parquet', '--directories', '../out/d.parquet', '-q'],
        { cwd: here.at('out'), uid: 65_534 },
      );
      expect(status).toBe(3);
      const at = here.at('out/d.parquet');
      expect(await sql(`select path from '${at}' where incomplete order by path`)).toEqual(
        ['', '/b', '/b/c', '/b/c/d', '/b/c/d/z'].map((below) => ({ path: `../tree${below}` })),
      );
    }
    expect(report('--max-depth', '2', '-q').status).toBe(0);
    const marked = (await directories('incomplete, left_out')).filter(({ left_out }) => left_out);
    expect(marked.map(({ path }) => path)).toEqual(['tree', 'tree/b', 'tree/b/c']);
    expect(marked.some(({ incomplete }) => incomplete)).toBe(false);
  });

  it('come in the format of the ending, and refuse what is none', () => {
    const { status } = pwalk(
      ['report', 'tree', '-o', 's.csv', '--directories', 'd.jsonl', '--hard-links', 'h.csv', '-q'],
      { cwd: here.path },
    );
    expect(status).toBe(0);
    expect(
      JSON.parse(readFileSync(here.at('d.jsonl'), 'utf8').split('\n').at(-2) ?? ''),
    ).toMatchObject({ path: 'tree', path_raw: null, depth: -1, tree_files: 3, incomplete: false });
    expect(readFileSync(here.at('h.csv'), 'utf8')).toMatch(/^dev,inode,nlink,path,/);
    for (const [args, message] of [
      [['--directories', 'd.txt'], /ends in \.parquet, \.csv, \.jsonl or \.arrow, and "d\.txt"/],
      [['--hard-links', 'scan.parquet'], /written twice/],
    ] as const) {
      const refused = pwalk(['report', 'tree', '-o', 'scan.parquet', ...args], { cwd: here.path });
      expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(message)]);
    }
  });

  it('are there with the other outputs, or none of them is', () => {
    mkdirSync(here.at('h.parquet'));
    expect(report('-q').status).toBe(5);
    expect(readdirSync(here.path).sort()).toEqual(['h.parquet', 'tree']);
  });

  it('as a stage of a config behind a filter count what comes through', async () => {
    writeFileSync(
      here.at('pwalk.config.json'),
      JSON.stringify({
        roots: ['tree'],
        sinks: [
          {
            filters: [{ use: 'type', options: 'file' }],
            sink: { use: 'directories', options: { path: 'd.parquet' } },
          },
        ],
      }),
    );
    const { status, stderr } = pwalk(['run', '--config', here.at('pwalk.config.json'), '-q'], {
      cwd: here.path,
    });
    expect([stderr, status]).toEqual(['', 0]);
    expect(await directories('tree_files as f, tree_dirs as d')).toEqual([
      { path: 'tree', f: '3', d: '0' },
      { path: 'tree/a', f: '1', d: '0' },
      { path: 'tree/b', f: '2', d: '0' },
      { path: 'tree/b/c', f: '1', d: '0' },
    ]);
  });

  it('of a checkpointed scan are made in the end, and not out of totals that are damaged', () => {
    for (const name of ['e', 'f', 'g']) mkdirSync(here.at(`tree/a/${name}`));
    const args = ['-o', 'scan', '--checkpoint', '--part-size', '1', '--threads', '1'];
    const begun = pwalk(['report', 'tree', ...args, ...tables, '--json'], { cwd: here.path });
    expect(begun.status).toBe(0);
    expect(JSON.parse(begun.stdout).outputs.map(({ path }: { path: string }) => path)).toEqual([
      'scan',
      'd.parquet',
      'h.parquet',
    ]);
    const manifest = JSON.parse(readFileSync(here.at('scan/manifest.json'), 'utf8'));
    expect(manifest.tables).toMatchObject([
      { path: here.at('d.parquet'), table: 'directories', rows: 9 },
      { path: here.at('h.parquet'), table: 'hard_links', rows: 2 },
    ]);
    rmSync(here.at('scan/manifest.json'));
    const part = here.at('scan/totals/000001.totals');
    const bytes = readFileSync(part);
    bytes[20] ^= 1;
    writeFileSync(part, bytes);
    const damaged = pwalk(['resume', 'scan'], { cwd: here.path });
    expect([damaged.status, damaged.stderr]).toEqual([
      4,
      expect.stringMatching(/The totals .*checksum.* begin a new scan/),
    ]);
    writeFileSync(part, bytes.subarray(1));
    expect(pwalk(['resume', 'scan'], { cwd: here.path }).stderr).toMatch(
      /The part "totals\/000001\.totals" of the scan has \d+ bytes/,
    );
  });

  it('keep their order, also where they are many batches', async () => {
    await runPipeline({
      source: synthetic({ entries: 50_000, files: 3, directories: 3, hardLinks: 0.5 }),
      sinks: [directoryTables({ path: here.at('d.parquet'), hardLinks: here.at('h.parquet') })],
    });
    // Each after all that is below it: so there is nothing of it after it.
    const early = `with d as (select path, regexp_replace(path, '/[^/]*$', '') as above, file_row_number as at
      from read_parquet('${here.at('d.parquet')}', file_row_number => true))
      select count(*) as rows, count(*) filter (d.at > a.at) as early
      from d left join d as a on a.path = d.above`;
    const [found] = await sql(early);
    expect(Number(found?.rows)).toBeGreaterThan(10_000);
    expect(found?.early).toBe('0');
    const unsorted = `select count(*) as rows, count(*) filter ((inode, path) < before) as unsorted
      from (select inode, path, lag((inode, path)) over (order by file_row_number) as before
      from read_parquet('${here.at('h.parquet')}', file_row_number => true))`;
    const [links] = await sql(unsorted);
    expect(Number(links?.rows)).toBeGreaterThan(15_000);
    expect(links?.unsorted).toBe('0');
  });

  it('answer the questions of the guide', async () => {
    expect(report('-q').status).toBe(0);
    const page = readFileSync(
      new URL('../../../docs/guide/who-uses-the-space.md', import.meta.url),
      'utf8',
    );
    const queries = [...page.matchAll(/```sql\n([^`]+)```/g)].map(([, query = '']) =>
      query
        .replaceAll('directories.parquet', here.at('d.parquet'))
        .replaceAll('links.parquet', here.at('h.parquet'))
        .replaceAll("'scan.parquet'", `'${here.at('scan.parquet')}'`)
        .replaceAll('/data', 'tree'),
    );
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) {
      const rows = await sql(query);
      // Nothing in this tree is that old.
      if (!query.includes('interval 2 year')) expect(rows).not.toEqual([]);
    }
  });
});
