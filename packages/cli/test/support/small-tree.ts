import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a tree of seven entries below a directory, one name of them not UTF-8, and returns its path. */
export function smallTree(directory: string): string {
  const path = join(directory, 'tree');
  mkdirSync(join(path, 'sub', 'deeper'), { recursive: true });
  writeFileSync(join(path, 'one.txt'), 'x'.repeat(100));
  writeFileSync(join(path, 'sub', 'two'), '');
  symlinkSync('one.txt', join(path, 'link'));
  writeFileSync(Buffer.concat([Buffer.from(join(path, 'raw-')), Buffer.from([0xff])]), '');
  return path;
}
