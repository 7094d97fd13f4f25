import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  PwalkError,
  parquet,
  type ReportOptions,
  type ReportProgress,
  report,
  runPipeline,
  walker,
} from 'pwalk';
import { describe, expect, it } from 'vitest';
import { scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();

describe('report()', () => {
  it('resolves to a summary with its outputs', async () => {
    const output = here.at('s.parquet');
    const summary = await report(['/usr/share/doc'], { output });
    const [{ rows }] = await sql(`select count(*)::int as rows from '${output}'`);
    expect(summary).toMatchObject({
      complete: true,
      errors: 0,
      exitCode: 0,
      accounting: { rows },
      outputs: [{ path: output, format: 'parquet', rows }],
    });
  });

  it('rejects, and leaves nothing, when it is cancelled', async () => {
    const signal = AbortSignal.timeout(1);
    const run = report(Array(50).fill('/usr'), { output: here.at('s.parquet'), signal });
    await expect(run).rejects.toMatchObject({ name: 'PwalkError', code: 'PWALK_CANCELLED' });
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('tells how far it is, and how much there was the last time', async () => {
    const output = here.at('s.parquet');
    const roots = ['/usr/share/doc', '/usr/include'];
    const first = await report(roots, { output });
    const told: ReportProgress[] = [];
    const onProgress = (progress: ReportProgress) => told.push(progress);
    const second = await report(roots, { output, onProgress });
    expect(told.at(-1)).toMatchObject({
      entries: second.accounting.rows,
      errors: 0,
      queuedDirectories: 0,
      expectedEntries: first.accounting.rows,
      secondsLeft: null,
    });
    // Of other roots, and of files that are none, the last time says nothing.
    await report('/usr/include', { output, onProgress });
    writeFileSync(here.at('t.parquet'), 'PAR1PAR1');
    await report('/usr/include', { output: here.at('t.parquet'), onProgress });
    expect(told.slice(-2).map(({ expectedEntries }) => expectedEntries)).toEqual([null, null]);
  });

  it('expects as many entries as a file system of its own has inodes', async () => {
    let expected: number | null = null;
    const onProgress = ({ expectedEntries }: ReportProgress) => {
      expected = expectedEntries;
    };
    await report('/dev/shm', { output: '/dev/null', onProgress });
    expect(expected).toBeGreaterThan(0);
  });

  it('is there for plain JavaScript', () => {
    const program = fileURLToPath(new URL('plain/report.mjs', import.meta.url));
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [program, smallTree(here.path), here.path],
      {
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      rows: [
        [here.at('a.parquet'), 7],
        [here.at('b.csv'), 7],
        [here.at('e.jsonl'), 0],
      ],
      complete: true,
      told: true,
      refused: [
        'PWALK_OPTIONS_INVALID',
        'The options of report() do not fit (Unrecognized key: "compresion").',
      ],
    });
    expect(readFileSync(here.at('b.csv'), 'utf8')).toMatch(/^path,owner,site\n/);
    expect(readdirSync(here.path)).not.toContain('c.parquet');
  });
});

describe('what report() is called with', () => {
  const output = 'never.parquet';
  const wrong: readonly (readonly [string, unknown, unknown, RegExp])[] = [
    ['no options', '/usr', undefined, /The options of report\(\) do not fit/],
    ['no output', '/usr', {}, /output: /],
    ['no root', [], { output }, /The roots of report\(\)/],
    ['a root with a NUL', 'a\0b', { output }, /NUL/],
    ['a root that is empty', '', { output }, /empty/],
    ['a root that is a number', 7, { output }, /a path, as text or as bytes, or a list of paths/],
    ['an output that is a number', '/usr', { output: 7 }, /output: must be a path, an object/],
    [
      'an output without a path',
      '/usr',
      { output: [{}] },
      /output: must be a path, an object with a path and settings, or a list/,
    ],
    ['no thread', '/usr', { output, threads: 0 }, /threads: .*1/],
    ['half a thread', '/usr', { output, threads: 1.5 }, /threads: .*int/],
    ['too little memory', '/usr', { output, memory: 1024 }, /memory: .*16777216/],
    [
      'an unknown format',
      '/usr',
      { output, format: 'xml' },
      /format: .*"parquet"\|"csv"\|"dey-csv"/,
    ],
    [
      'an unknown compression',
      '/usr',
      { output, compression: 'lzma' },
      /compression: must be none, lz4, gzip/,
    ],
    [
      'a level that there is not',
      '/usr',
      { output, compression: 'zstd:99' },
      /compression: must be/,
    ],
    [
      'a level of lz4, which has none',
      '/usr',
      { output, compression: 'lz4:1' },
      /compression: must be/,
    ],
    [
      'lz4 of CSV',
      '/usr',
      { output, format: 'csv', compression: 'lz4' },
      /CSV is compressed with gzip or zstd, not lz4/,
    ],
    ['gzip of Parquet', '/usr', { output, compression: 'gzip' }, /Parquet is compressed with zstd/],
    [
      'an unknown column',
      '/usr',
      { output, columns: ['nope'] },
      /no column "nope"; the columns are path,/,
    ],
    ['a column twice', '/usr', { output, columns: ['path', 'path'] }, /named twice/],
    [
      'a constant named as a column',
      '/usr',
      { output, constants: { size: '' } },
      /a column "size" already/,
    ],
    [
      'a constant with a strange name',
      '/usr',
      { output, constants: { 'a b': '' } },
      /cannot be named "a b"/,
    ],
    ['columns of dey-csv', '/usr', { output, format: 'dey-csv', columns: ['path'] }, /17 columns/],
    [
      'columns of one dey-csv',
      '/usr',
      { output: { path: 'a', format: 'dey-csv', columns: ['path'] } },
      /17 columns/,
    ],
    ['a header of Parquet', '/usr', { output, header: true }, /for dey-csv/],
    ['one output twice', '/usr', { output: [output, `./${output}`] }, /written twice/],
    [
      'standard output twice',
      '/usr',
      { output: ['-', '/dev/stdout'], format: 'csv' },
      /written twice/,
    ],
    [
      'errors in a file of no format',
      '/usr',
      { output, errors: 'e.txt' },
      /\.parquet, \.csv or \.jsonl/,
    ],
    ['errors in the output', '/usr', { output: 'e.csv', errors: 'e.csv' }, /written twice/],
    ['a signal that is none', '/usr', { output, signal: {} }, /signal: /],
    [
      'a callback that is none',
      '/usr',
      { output, onProgress: 3 },
      /onProgress: must be a function/,
    ],
  ];

  it.each(wrong)('is refused: %s', async (_, roots, options, message) => {
    const refusal = await callReport(roots, options);
    expect(refusal).toBeInstanceOf(PwalkError);
    expect(refusal).toMatchObject({ code: 'PWALK_OPTIONS_INVALID', exitCode: 2 });
    expect(refusal.message).toMatch(message);
  });
});

/** Calls report() as a program without types may. */
async function callReport(roots: unknown, options: unknown): Promise<Error> {
  const called: Promise<unknown> = Reflect.apply(report, undefined, [roots, options]);
  return called.then(
    () => new Error('it was not refused'),
    (error) => error,
  );
}

it('options are typed', () => {
  // @ts-expect-error a format that there is not
  const format: ReportOptions = { output: 'a', format: 'xml' };
  // @ts-expect-error a compression that there is not
  const compression: ReportOptions = { output: 'a', compression: 'lzma' };
  // @ts-expect-error an option that there is not
  const option: ReportOptions = { output: 'a', thread: 2 };
  expect([format, compression, option]).toHaveLength(3);
});

it('a sink that refuses every batch gives their credits back', async () => {
  const run = runPipeline({
    source: walker({ roots: ['/usr'] }),
    sinks: [parquet({ path: '/dev/full', rowGroupRows: 4096 })],
    onError: 'skip-batch',
  });
  // The last word is the footer, which cannot be left out.
  await expect(run).rejects.toMatchObject({ code: 'PWALK_OUTPUT_WRITE', hook: 'flush' });
});
