import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Changing owners needs root: without it these tests cannot show anything. */
export const isRoot = process.getuid?.() === 0;

/** A user without rights, and a group without a name. */
export const USER = 65533;
export const GROUP = 4242;

export interface EntrySpec {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
}

/** A scratch directory for each test, and what is made in it. */
export class Scratch {
  path = '';

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Made with the owner, the group and then the mode asked for, in directories that are there. */
  directory(path: string, spec: EntrySpec = {}): string {
    mkdirSync(this.at(path));
    return this.#own(path, { mode: 0o755, ...spec });
  }

  file(path: string, spec: EntrySpec = {}): string {
    writeFileSync(this.at(path), 'x');
    return this.#own(path, { mode: 0o644, ...spec });
  }

  symlink(target: string, path: string, uid = 0): string {
    symlinkSync(target, this.at(path));
    lchownSync(this.at(path), uid, uid);
    return this.at(path);
  }

  link(from: string, to: string): void {
    linkSync(this.at(from), this.at(to));
  }

  #own(path: string, { uid = 0, gid = 0, mode = 0 }: EntrySpec): string {
    chownSync(this.at(path), uid, gid);
    chmodSync(this.at(path), mode);
    return this.at(path);
  }
}

export function scratch(): Scratch {
  const place = new Scratch();
  beforeEach(() => {
    place.path = mkdtempSync(join(tmpdir(), 'pwalk-repair-'));
  });
  afterEach(() => rmSync(place.path, { recursive: true, force: true }));
  return place;
}

/** `uid:gid mode` of an entry, the mode in octal. */
export function image(path: string | Buffer): string {
  const { uid, gid, mode } = lstatSync(path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

/** Every entry below a directory and itself, by relative path, with its change time when asked for. */
export function state(
  top: string,
  options: { readonly ctime?: boolean } = {},
): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (path: Buffer, name: string) => {
    const status = lstatSync(path, { bigint: true });
    found.set(name, image(path) + (options.ctime ? ` ${status.ctimeNs}` : ''));
    if (!status.isDirectory()) return;
    for (const entry of readdirSync(path, { encoding: 'buffer' })) {
      visit(Buffer.concat([path, Buffer.from('/'), entry]), join(name, entry.toString('latin1')));
    }
  };
  visit(Buffer.from(top), '.');
  return found;
}

const packageDirectory = dirname(dirname(dirname(new URL(import.meta.url).pathname)));

/** Builds one of the test programs of this package and returns its path. */
export function testProgram(name: 'gate' | 'churn' | 'fixture'): string {
  const script = join(packageDirectory, '../../scripts/build-native.mjs');
  execFileSync(process.execPath, [script, name], { cwd: packageDirectory, stdio: 'pipe' });
  return join(packageDirectory, 'build', name);
}

/** The tree of most tests: a project of GROUP with private entries of USER in it. */
export function project(place: Scratch): string {
  const top = place.directory('proj', { gid: GROUP, mode: 0o2775 });
  const own = { uid: USER, gid: USER };
  place.directory('proj/a', { ...own, mode: 0o700 });
  place.directory('proj/a/b', { ...own, mode: 0o700 });
  place.file('proj/a/f', { ...own, mode: 0o600 });
  place.file('proj/a/b/run.sh', { ...own, mode: 0o700 });
  return top;
}
