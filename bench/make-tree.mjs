#!/usr/bin/env node
// make-tree.mjs [wide|flat|deep …]: makes deterministic trees under PWALK_BENCH_DIR (default: a
// directory in the system's temporary one), each once, and prints their paths.
//
//   wide   1,000,000 entries: 50,000 directories at most 8 deep, the rest small files
//   flat   one directory of 500,000 files
//   deep   2,000 nested directories with 4 files each
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
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

const makers = {
  wide(root) {
    const next = sequence(1);
    const directories = [{ path: root, depth: 0 }];
    while (directories.length < 50_000) {
      const parent = directories[next(directories.length)];
      if (parent.depth >= 7) continue;
      const path = join(parent.path, `dir_${directories.length}`);
      mkdirSync(path);
      directories.push({ path, depth: parent.depth + 1 });
    }
    for (let made = 0; made < 950_000; ) {
      const { path } = directories[next(directories.length)];
      process.chdir(path);
      const count = Math.min(950_000 - made, 1 + next(40));
      for (let i = 0; i < count; i++, made++) {
        const name = fileName(next, made);
        touch(name, next(50) === 0 ? 1 + next(64) : 0);
        if (next(1000) === 0 && ++made < 950_000) linkSync(name, `${name}.link`);
        if (next(1000) === 0 && ++made < 950_000) symlinkSync(name, `${name}.symlink`);
      }
    }
  },
  flat(root) {
    const next = sequence(2);
    process.chdir(root);
    for (let i = 0; i < 500_000; i++) touch(fileName(next, i), 0);
  },
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

/** The path of the tree of that name, made if it is not there. */
export function tree(name) {
  const root = join(benchDirectory, name);
  const marker = join(benchDirectory, `${name}.version`);
  const made = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
  if (made === `${VERSION}`) return root;
  console.error(`making ${root} …`);
  const home = process.cwd();
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  makers[name](root);
  process.chdir(home);
  writeFileSync(marker, `${VERSION}`);
  return root;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : treeNames) console.log(tree(name));
}
