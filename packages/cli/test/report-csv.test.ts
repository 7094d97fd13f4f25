import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();

describe('pwalk report, as CSV', () => {
  it.each(['s.csv', 's.csv.gz', 's.csv.zst'])(
    'writes %s by its name, with every row',
    async (name) => {
      expect(pwalk(['report', '/usr/share/doc', '-o', here.at(name), '-q']).status).toBe(0);
      const found = Number(execFileSync('sh', ['-c', 'find /usr/share/doc | wc -l']));
      const [{ rows }] = await sql(
        `select count(*)::int as rows from read_csv('${here.at(name)}', header = true, max_line_size = 1000000)`,
      );
      expect(rows).toBe(found);
    },
  );

  it("writes John Dey's format, with a header when asked", () => {
    const { stdout } = pwalk([
      'report',
      smallTree(here.path),
      '-o',
      here.at('s.txt'),
      '--format',
      'dey-csv',
      '--header',
      '--json',
    ]);
    expect(JSON.parse(stdout).outputs).toMatchObject([{ format: 'dey-csv', rows: 7 }]);
    const lines = readFileSync(here.at('s.txt'), 'latin1').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^inode,parent-inode,directory-depth,"filename"/);
    expect(lines.some((line) => line.includes(`"${here.at('tree')}/raw-\xff",""`))).toBe(true);
    expect(lines).toHaveLength(8);
  });
});
