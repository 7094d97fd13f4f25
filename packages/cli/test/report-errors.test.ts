import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { pwalk, scratch, sql } from './support/pwalk.js';

const isRoot = process.getuid?.() === 0;
const here = scratch();
/** A directory whose name is not UTF-8 and would act on a terminal; nobody but root may read it. */
const hostile = Buffer.from('locked \x1b[31m\xff', 'latin1');
const shown = 'locked \x1b[31m\\xff';

beforeEach(() => {
  chmodSync(here.path, 0o777);
  mkdirSync(here.at('tree'));
  writeFileSync(here.at('tree', 'file'), '');
  mkdirSync(Buffer.concat([Buffer.from(`${here.at('tree')}/`), hostile]), { mode: 0 });
});

/** As an ordinary user, where tests run as root. */
function report(...args: string[]) {
  const user = isRoot ? { uid: 65534, gid: 65534 } : {};
  return pwalk(['report', here.at('tree'), '-o', here.at('s.parquet'), ...args], user);
}

describe('pwalk report, of what could not be read', () => {
  const exact = () => Buffer.concat([Buffer.from(`${here.at('tree')}/`), hostile]).toString('hex');

  it.each([
    ['parquet', 'lower(hex(path_raw))'],
    ['csv', 'path_raw'],
    ['jsonl', 'path_raw'],
  ])('writes a table of errors as %s', async (format, raw) => {
    const file = here.at(`e.${format}`);
    const { status, stdout } = report('--errors', file, '--column', 'site=x', '--json');
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      errors: 1,
      outputs: [
        { format: 'parquet', rows: 3 },
        { path: file, format, rows: 1, table: 'errors' },
      ],
    });
    const from = format === 'jsonl' ? `read_json('${file}')` : `'${file}'`;
    expect(
      await sql(`select * replace (${raw} as path_raw, errno::int as errno) from ${from}`),
    ).toEqual([
      {
        path: here.at('tree', shown),
        path_raw: exact(),
        operation: 'open',
        errno: 13,
        code: 'EACCES',
        message: 'permission denied',
        state: 'denied',
        site: 'x',
      },
    ]);
  });

  it('prints them escaped, and has a file without rows where there are none', () => {
    const { stdout } = report();
    expect(stdout).toContain(`denied: ${here.at('tree', 'locked \\x1b[31m\\xff')}: open: EACCES`);
    expect(stdout).not.toContain('\x1b');
    expect(
      pwalk([
        'report',
        here.at('tree', 'file'),
        '-o',
        here.at('t.parquet'),
        '--errors',
        here.at('none.csv'),
      ]).status,
    ).toBe(0);
    expect(readFileSync(here.at('none.csv'), 'utf8')).toBe(
      'path,path_raw,operation,errno,code,message,state\n',
    );
  });

  it.each(['e.parquet', 'e.csv', 'e.jsonl'])('leaves no %s of a run that fails', (name) => {
    expect(report('--errors', here.at(name), '-o', '/dev/full').status).toBe(5);
    expect(readdirSync(here.path)).toEqual(['tree']);
  });
});
