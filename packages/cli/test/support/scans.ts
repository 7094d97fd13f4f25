import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { lastCommit } from '../../src/scan-directory/frontier-log.js';
import { sql } from './pwalk.js';

/** Makes a tree of about so many entries: directories in directories, small files, files with several names, one that is not UTF-8. */
export function growTree(path: string, entries: number): void {
  let left = entries;
  let first = '';
  const level = (at: string, depth: number) => {
    mkdirSync(at, { recursive: true });
    for (let i = 0; i < 12 && left > 0; i++, left--)
      writeFileSync(join(at, `f${i}`), 'x'.repeat(i));
    if (first === '') first = join(at, 'f0');
    else linkSync(first, join(at, 'link'));
    for (let i = 0; i < 6 && left > 0 && depth < 6; i++, left--)
      level(join(at, `d${i}`), depth + 1);
  };
  for (let i = 0; left > 0; i++) level(join(path, `top${i}`), 0);
  writeFileSync(Buffer.concat([Buffer.from(join(path, 'raw-')), Buffer.from([0xff])]), '');
}

/** The rows of one file, and no others, are those of the parts, each once. */
export function expectSameRows(scan: string, whole: string): Promise<void> {
  return expectSameTables(`${scan}/parts/*.parquet`, whole);
}

/** The rows of one file, and no others, are those of some, each once. */
export async function expectSameTables(some: string, whole: string): Promise<void> {
  const columns = '* exclude (atime)';
  const [parts, file] = [`'${some}'`, `'${whole}'`];
  const [answer] = await sql(`
    with a as (select ${columns} from ${parts}), b as (select ${columns} from ${file})
    select (select count(*) from (from a except all from b)) as more,
           (select count(*) from (from b except all from a)) as less,
           (select count(*) - count(distinct coalesce(path_raw, encode(path))) from a) as twice`);
  expect(answer).toEqual({ more: '0', less: '0', twice: '0' });
}

/** What of a scan must stay as it is: its committed parts, by inode, time and content. */
export async function committedParts(scan: string): Promise<Map<string, string>> {
  const parts = (await lastCommit(join(scan, 'frontier.log')))?.parts ?? [];
  return new Map(
    parts.map(({ name }) => {
      const path = join(scan, 'parts', name);
      const { ino, mtimeNs } = statSync(path, { bigint: true });
      const content = createHash('sha1').update(readFileSync(path)).digest('hex');
      return [name, `${ino} ${mtimeNs} ${content}`];
    }),
  );
}

/** Rows that are committed. */
export async function committedRows(scan: string): Promise<number> {
  const parts = (await lastCommit(join(scan, 'frontier.log')))?.parts ?? [];
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

export function partFiles(scan: string): string[] {
  return readdirSync(join(scan, 'parts')).sort();
}
