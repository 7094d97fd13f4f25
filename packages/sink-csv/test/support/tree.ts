import { execFileSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Builds a tree with one of everything that the format treats in a way of its own. */
export function buildTree(root: string): void {
  const at = (...parts: string[]) => join(root, ...parts);
  const bytes = (name: string) =>
    Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
  mkdirSync(at('a', 'b', 'c', 'd'), { recursive: true });
  mkdirSync(at('dir.d'));
  mkdirSync(at('empty'));
  mkdirSync(bytes('dir-\xff.x'));
  writeFileSync(bytes('dir-\xff.x/inside.\xe9'), 'latin');
  writeFileSync(bytes('caf\xe9.txt'), 'latin-1');
  for (const name of [
    'a.tar.gz',
    '.bashrc',
    '.bashrc.bak',
    '..foo',
    'foo.',
    'UPPER.TXT',
    'é.日本',
  ]) {
    writeFileSync(at('a', name), name.repeat(3));
  }
  writeFileSync(at('a', 'b', 'back\\slash, comma'), '');
  writeFileSync(at('a', 'b', 'quo"te".e"x'), 'q');
  writeFileSync(at('a', 'b', 'new\nline.n\tl'), 'n');
  writeFileSync(at('a', 'b', 'control\x01\x1f\x7f'), 'c');
  writeFileSync(at('a', 'b', 'c', 'd', 'deep.txt'), 'deep');
  linkSync(at('a', 'a.tar.gz'), at('dir.d', 'hard link'));
  symlinkSync('../a', at('dir.d', 'to-directory.link'));
  symlinkSync('nowhere', at('broken'));
  execFileSync('mkfifo', [at('pipe.fifo')]);
  writeFileSync(at('sparse.img'), '');
  truncateSync(at('sparse.img'), 2 ** 33);
  utimesSync(at('a', '.bashrc'), -1.5, 4_102_444_800.25);
}

const dot = 0x2e;

/**
 * The lines pwalk 3.0 prints for a root, written from the description of its format: lstat and
 * readdir, bytes throughout, no code in common with the sink.
 */
export function specifiedLines(typedRoot: string): Buffer[] {
  const lines: Buffer[] = [];
  const visit = (path: Buffer, name: Buffer, depth: number, parent: bigint): bigint => {
    const stat = lstatSync(path, { bigint: true });
    let count = -1n;
    let sum = 0n;
    if (stat.isDirectory()) {
      const names = readdirSync(path, { encoding: 'buffer' });
      count = BigInt(names.length);
      for (const child of names) {
        sum += visit(Buffer.concat([path, Buffer.from('/'), child]), child, depth + 1, stat.ino);
      }
    }
    const at = stat.isDirectory() ? -1 : name.lastIndexOf(dot);
    const extension = at >= 1 ? name.subarray(at + 1) : Buffer.alloc(0);
    const epoch = (ns: bigint) =>
      Math.floor(Number(ns / 1000n) / 1e6 + (ns % 1000n < 0n ? -1e-6 : 0));
    lines.push(
      Buffer.concat([
        Buffer.from(`${stat.ino},${parent},${depth},`),
        quoted(path),
        Buffer.from(','),
        quoted(extension),
        Buffer.from(
          `,${stat.uid},${stat.gid},${stat.size},${stat.dev},${stat.blocks},${stat.nlink},` +
            `"${stat.mode.toString(8).padStart(7, '0')}",${epoch(stat.atimeNs)},` +
            `${epoch(stat.mtimeNs)},${epoch(stat.ctimeNs)},${count},${sum}\n`,
        ),
      ]),
    );
    return stat.size;
  };
  const path = Buffer.from(typedRoot);
  const name = Buffer.from(typedRoot.replace(/\/+$/, '').replace(/^.*\//s, ''));
  visit(path, name, -1, 0n);
  return lines;
}

function quoted(bytes: Buffer): Buffer {
  const text = bytes
    .toString('latin1')
    .replace(/[\x01-\x1f]/g, '')
    .replaceAll('"', '""');
  return Buffer.from(`"${text}"`, 'latin1');
}
