import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A tree with one of everything that a walk has to tell apart. */
export interface SampleTree {
  readonly path: string;
  /** Every path in the tree, the root first, as bytes, as find prints them. */
  readonly paths: readonly Buffer[];
  remove(): void;
}

/** Builds the tree in a temporary directory. */
export function sampleTree(): SampleTree {
  const path = mkdtempSync(join(tmpdir(), 'pwalk-sample-'));
  const at = (...parts: string[]) => join(path, ...parts);
  mkdirSync(at('docs', 'deep', 'deeper'), { recursive: true });
  mkdirSync(at('empty'));
  mkdirSync(at('dir.d'));
  writeFileSync(at('docs', 'a.tar.gz'), 'x'.repeat(5000));
  writeFileSync(at('docs', '.bashrc'), '');
  writeFileSync(at('docs', '.bashrc.bak'), 'b');
  writeFileSync(at('docs', 'deep', 'deeper', 'ends.'), 'dot');
  linkSync(at('docs', 'a.tar.gz'), at('docs', 'hard link'));
  symlinkSync('docs', at('to-directory'));
  symlinkSync('nowhere', at('broken'));
  execFileSync('mkfifo', [at('fifo')]);
  writeFileSync(at('new\nline'), '');
  writeFileSync(at('quo"te, comma'), '');
  writeFileSync(at('unicode-é-日本'), '');
  writeFileSync(
    Buffer.concat([
      Buffer.from(`${path}/latin1-`),
      Buffer.from([0xe9]),
      Buffer.from('.d\xff', 'latin1'),
    ]),
    'raw',
  );
  mkdirSync(Buffer.concat([Buffer.from(`${path}/bytes-`), Buffer.from([0xff])]));
  writeFileSync(
    Buffer.concat([Buffer.from(`${path}/bytes-`), Buffer.from([0xff]), Buffer.from('/inside.txt')]),
    'in',
  );
  mkdirSync(at('.snapshot', 'hourly'), { recursive: true });
  writeFileSync(at('.snapshot', 'hourly', 'copy'), 'old');
  writeFileSync(at('docs', '.snapshot'), 'a file of that name');
  mkdirSync(at('many'));
  for (let i = 0; i < 3000; i++) writeFileSync(at('many', `file-${i}.dat`), 'y'.repeat(i % 7));
  utimesSync(at('docs', '.bashrc'), new Date(-1500), new Date('2300-01-01T00:00:00.5Z'));
  return {
    path,
    paths: findPaths(path),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** What find prints, as bytes. */
export function findPaths(...args: string[]): Buffer[] {
  const output = execFileSync('find', [...args, '-print0'], { maxBuffer: 1 << 28 });
  const paths: Buffer[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    paths.push(output.subarray(start, end));
    start = end + 1;
  }
  return paths;
}
