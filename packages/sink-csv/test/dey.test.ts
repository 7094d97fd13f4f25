import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEntrySchema, EntrySchema, runPipeline } from '@pwalk/core';
import { walker } from '@pwalk/native-walker';
import { expect, test } from 'vitest';
import { csv } from '../src/index.js';
import { batchOf, fileRow, type Row } from './support/data.js';
import { buildTree, specifiedLines } from './support/tree.js';
import { contextFor, makeSink, rejection, run, temporaryDirectory } from './support/writing.js';

const directory = temporaryDirectory();
const tree = join(directory, 'tree');
mkdirSync(tree);
buildTree(tree);

async function printed(roots: readonly string[], name: string): Promise<Buffer> {
  const path = join(directory, name);
  await runPipeline({
    source: walker({ roots: [...roots] }),
    sinks: [csv({ path, dialect: 'dey' })],
    scan: { rootBytes: roots.map((root) => Buffer.from(root)) },
  });
  return readFileSync(path);
}

/** Lines of a file in which no line break is part of a field, sorted. */
function sortedLines(bytes: Buffer | readonly Buffer[]): string[] {
  const text = Array.isArray(bytes) ? Buffer.concat(bytes) : Buffer.from(bytes as Buffer);
  return text.toString('latin1').split('\n').sort();
}

test.each(['', '/', '//', '/a/', '/./a'])(
  'a real tree with the root typed as "…/tree%s" is printed as the format says, byte for byte',
  async (ending) => {
    const root = `${tree}${ending}`;
    expect(sortedLines(await printed([root], 'tree.csv'))).toEqual(
      sortedLines(specifiedLines(root)),
    );
  },
);

test('several roots keep their own endings, and a root may be a file', async () => {
  const roots = [
    join(tree, 'a'),
    `${join(tree, 'dir.d')}/`,
    join(tree, 'sparse.img'),
    join(tree, 'broken'),
  ];
  expect(sortedLines(await printed(roots, 'roots.csv'))).toEqual(
    sortedLines(roots.flatMap((root) => specifiedLines(root))),
  );
});

test('the root directory gets two slashes', async () => {
  const rows: Row[] = [
    fileRow({
      path: '/',
      depth: -1,
      mode: 0o40755,
      parent_inode: 0n,
      file_count: 1n,
      dir_sum: 4096n,
    }),
    fileRow({ path: '/bin', depth: 0, mode: 0o40755, file_count: 0n, dir_sum: 0n }),
    fileRow({ path: '/bin/ls', depth: 1 }),
  ];
  const path = join(directory, 'slash.csv');
  await run(
    { path, dialect: 'dey' },
    defaultEntrySchema,
    [batchOf(rows)],
    contextFor([Buffer.from('/')]),
  );
  const names = readFileSync(path, 'utf8').match(/"\/[^"]*"/g);
  expect(names).toEqual(['"/"', '"//bin"', '"//bin/ls"']);
});

// Lines as the description of the format has them, column by column.
const golden: readonly (readonly [string, Row, string])[] = [
  [
    'a file',
    {},
    '12,2,0,"/data/file.txt","txt",1000,100,5,65024,8,1,"0100644",1700000000,1600000000,1500000000,-1,0',
  ],
  [
    'a root',
    { path: '/data', depth: -1, parent_inode: 0n, mode: 0o40755, file_count: 2n, dir_sum: 4101n },
    '12,0,-1,"/data","",1000,100,5,65024,8,1,"0040755",1700000000,1600000000,1500000000,2,4101',
  ],
  [
    'a symlink',
    { path: '/data/l', mode: 0o120777 },
    '12,2,0,"/data/l","",1000,100,5,65024,8,1,"0120777",1700000000,1600000000,1500000000,-1,0',
  ],
  [
    'a fifo, with times before 1970',
    { path: '/data/p', mode: 0o10644, atime: -1n, mtime: -1_000_000n, ctime: -1_000_001n },
    '12,2,0,"/data/p","",1000,100,5,65024,8,1,"0010644",-1,-1,-2,-1,0',
  ],
  [
    'an inode beyond 2^63 and a uid beyond 2^31',
    { inode: 18091310060841039723n, uid: 4294967294 },
    '18091310060841039723,2,0,"/data/file.txt","txt",4294967294,100,5,65024,8,1,"0100644",1700000000,1600000000,1500000000,-1,0',
  ],
  [
    'a listing that broke off',
    { path: '/data/d', mode: 0o40755, state: 'incomplete', file_count: 7n, dir_sum: 9n },
    '12,2,0,"/data/d","",1000,100,5,65024,8,1,"0040755",1700000000,1600000000,1500000000,7,9',
  ],
];

test.each(golden)('%s', async (_name, values, line) => {
  const path = join(directory, 'golden.csv');
  await run({ path, dialect: 'dey' }, defaultEntrySchema, [batchOf([fileRow(values)])]);
  expect(readFileSync(path, 'utf8')).toBe(`${line}\n`);
});

test.each([
  'denied',
  'error',
  'loop',
  'excluded',
  'skipped_snapshot',
  'other_fs',
  'pseudo_fs',
  'depth_limit',
  'degraded',
])(
  'a directory that was not entered (%s) has no row, and rows are counted as printed',
  async (state) => {
    const path = join(directory, 'left-out.csv');
    const rows = [fileRow({ mode: 0o40755, state }), fileRow(), fileRow({ inode: null })];
    const [output] = await run({ path, dialect: 'dey' }, defaultEntrySchema, [batchOf(rows)]);
    expect(output).toMatchObject({ format: 'dey-csv', rows: 1 });
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
  },
);

test('the header is there when it is asked for', async () => {
  const path = join(directory, 'header.csv');
  await run({ path, dialect: 'dey', header: true }, defaultEntrySchema, [batchOf([fileRow()])]);
  expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(
    'inode,parent-inode,directory-depth,"filename","fileExtension",UID,GID,st_size,st_dev,st_blocks,st_nlink,"st_mode",st_atime,st_mtime,st_ctime,pw_fcount,pw_dirsum',
  );
});

test('control characters that were left out are told once', async () => {
  const warnings: string[] = [];
  const rows = [fileRow({ path: '/data/a\nb' }), fileRow({ path: '/data/\x01"' }), fileRow()];
  const path = join(directory, 'control.csv');
  await run(
    { path, dialect: 'dey' },
    defaultEntrySchema,
    [batchOf(rows)],
    contextFor([], warnings),
  );
  expect(warnings).toEqual([expect.stringContaining('in 2 paths')]);
});

test('columns that are not the walker’s are refused', async () => {
  const other = new EntrySchema(
    defaultEntrySchema.fields.map((field) =>
      field.name === 'size' ? { ...field, type: 'float64' } : field,
    ),
  );
  const sink = await makeSink({ path: join(directory, 'never.csv'), dialect: 'dey' });
  const error = await rejection(sink.open?.(other, contextFor()));
  expect(error.code).toBe('PWALK_SCHEMA_INVALID');
  expect(error.message).toContain('"size"');
});

test('a symlink root that ends in a slash is entered', async () => {
  const link = join(directory, 'link');
  symlinkSync(join(tree, 'dir.d'), link);
  writeFileSync(join(directory, 'unrelated'), '');
  const lines = sortedLines(await printed([`${link}/`], 'link.csv'));
  expect(lines.filter((line) => line.includes(`"${link}//`))).toHaveLength(2);
});

test('directories of more rows than fit a chunk keep their order and lose none', async () => {
  const many = join(directory, 'many');
  mkdirSync(many);
  execFileSync('bash', [
    '-c',
    `cd "$0" && touch $(seq -f 'a-rather-long-file-name-%06g.data' 40000)`,
    many,
  ]);
  const lines = sortedLines(await printed([many], 'many.csv'));
  expect(lines).toEqual(sortedLines(specifiedLines(many)));
});
