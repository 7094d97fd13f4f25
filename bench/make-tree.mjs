#!/usr/bin/env node
// make-tree.mjs [small|wide|flat|deep|nested|crowded …]: makes deterministic trees under PWALK_BENCH_DIR (default: a
// directory in the system's temporary one), each once, and prints their paths.
//
//   small    100,000 entries: 5,000 directories at most 8 deep, the rest small files
//   wide   1,000,000 entries: 50,000 directories at most 8 deep, the rest small files
//   flat   one directory of 500,000 files
//   deep   2,000 nested directories with 4 files each
//   nested   100,000 directories in each other
//   crowded  one directory of 2,000,000 files
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Changed whenever the trees change, so that older ones are made anew. */
const VERSION = 1;
const extensions = ['txt', 'dat', 'bam', 'fastq.gz', 'py', 'h5', 'log', 'csv', 'tif', ''];

export const benchDirectory = process.env.PWALK_BENCH_DIR ?? join(tmpdir(), 'pwalk-bench');

/** The same sequence of numbers below `limit` every time (mulberry32). */
function sequence(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

/** Makes a file in the working directory; short names keep a million of them quick. */
function touch(name, bytes) {
  if (bytes > 0) writeFileSync(name, 'x'.repeat(bytes));
  else closeSync(openSync(name, 'w'));
}

function fileName(next, number) {
  const extension = extensions[next(extensions.length)];
  return `sample_${number}${extension === '' ? '' : `.${extension}`}`;
}

/** Directories at random below each other, files in handfuls, a few of them with a link beside. */
function bushy(root, directoryCount, fileCount) {
  const next = sequence(1);
  const directories = [{ path: root, depth: 0 }];
  while (directories.length < directoryCount) {
    const parent = directories[next(directories.length)];
    if (parent.depth >= 7) continue;
    const path = join(parent.path, `dir_${directories.length}`);
    mkdirSync(path);
    directories.push({ path, depth: parent.depth + 1 });
  }
  for (let made = 0; made < fileCount; ) {
    const { path } = directories[next(directories.length)];
    process.chdir(path);
    const count = Math.min(fileCount - made, 1 + next(40));
    for (let i = 0; i < count; i++, made++) {
      const name = fileName(next, made);
      touch(name, next(50) === 0 ? 1 + next(64) : 0);
      if (next(1000) === 0 && ++made < fileCount) linkSync(name, `${name}.link`);
      if (next(1000) === 0 && ++made < fileCount) symlinkSync(name, `${name}.symlink`);
    }
  }
}

/** One directory of so many files. */
function crowd(root, fileCount) {
  const next = sequence(2);
  process.chdir(root);
  for (let i = 0; i < fileCount; i++) touch(fileName(next, i), 0);
}

const makers = {
  small: (root) => bushy(root, 5_000, 95_000),
  wide: (root) => bushy(root, 50_000, 950_000),
  flat: (root) => crowd(root, 500_000),
  crowded: (root) => crowd(root, 2_000_000),
  nested(root) {
    process.chdir(root);
    for (let level = 1; level < 100_000; level++) {
      mkdirSync('d');
      process.chdir('d');
    }
  },
  /** One level at a time: the path of the last is longer than the kernel takes in one piece. */
  deep(root) {
    const next = sequence(3);
    process.chdir(root);
    for (let level = 0; level < 2_000; level++) {
      for (let i = 0; i < 4; i++) touch(fileName(next, i), 0);
      mkdirSync('level');
      process.chdir('level');
    }
  },
};

export const treeNames = Object.keys(makers);

/** The path of the tree of that name, made if it is not there; in `base`, for who changes it. */
export function tree(name, base = benchDirectory) {
  if (makers[name] === undefined) throw new Error(`no tree "${name}"; there are ${treeNames}`);
  const root = join(base, name);
  const marker = join(base, `${name}.version`);
  // Written before the first file and again after the last: only what was begun here is removed.
  const made = existsSync(marker) ? readFileSync(marker, 'utf8') : null;
  if (made === `${VERSION}`) return root;
  if (made === null && existsSync(root)) throw new Error(`${root} is not a tree of this bench`);
  console.error(`making ${root} …`);
  const home = process.cwd();
  // Node's own rm gives up on paths as long as those of the deep tree.
  spawnSync('rm', ['-rf', root], { stdio: 'inherit' });
  mkdirSync(root, { recursive: true });
  writeFileSync(marker, 'unfinished');
  makers[name](root);
  process.chdir(home);
  writeFileSync(marker, `${VERSION}`);
  return root;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : treeNames) console.log(tree(name));
}
