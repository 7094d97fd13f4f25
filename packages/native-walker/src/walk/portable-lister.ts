import { type Dirent, lstatSync, opendirSync, statSync } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs/promises';
import { PwalkError } from '@pwalk/core';
import { pathBytes } from '../root-path.js';
import type { Lister, Visit } from './lister.js';
import { bytesCodec, type NameCodec, type WalkName } from './name-codec.js';
import { decodePath } from './surrogate-escape.js';
import { WalkError } from './walk-error.js';

// opendir() gives names as bytes for this encoding, which its types do not know.
const options = { encoding: 'buffer' as BufferEncoding, bufferSize: 1024 };

/**
 * Lists directories with nothing but `node:fs`, one after the other, at the moment they are entered: for
 * where the addon cannot be loaded. Paths longer than the kernel takes in one piece end in ENAMETOOLONG.
 */
export class PortableLister<Name extends WalkName> implements Lister<Name> {
  readonly #codec: NameCodec<Name>;
  readonly #enterLinks: boolean;
  readonly #skipNames: ReadonlySet<string>;
  #closed = false;

  constructor(codec: NameCodec<Name>, enterLinks: boolean, skipNames: readonly string[]) {
    this.#codec = codec;
    this.#enterLinks = enterLinks;
    this.#skipNames = new Set(skipNames);
  }

  async visit(depth: number, path: Name): Promise<Visit<Name>> {
    this.#checkOpen();
    const bytes = this.#codec.toBytes(path);
    try {
      if (this.#mayBeLink(depth) && (await isLink(bytes))) return null;
      const names = new Names();
      for await (const entry of await opendir(bytes, options)) {
        const target = entry.isSymbolicLink() ? stat(targetOf(bytes, entry)) : null;
        names.add(entry, (await target?.catch(() => null))?.isDirectory() ?? false);
      }
      this.#checkOpen();
      return this.#listing(names);
    } catch (error) {
      return failure(error, bytes);
    }
  }

  visitSync(depth: number, path: Name): Visit<Name> {
    this.#checkOpen();
    const bytes = this.#codec.toBytes(path);
    try {
      if (this.#mayBeLink(depth) && isLinkSync(bytes)) return null;
      const names = new Names();
      // opendirSync() takes bytes like opendir(), and has no iterator of its own.
      const directory = opendirSync(bytes, options);
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          names.add(entry, entry.isSymbolicLink() && leadsToDirectory(targetOf(bytes, entry)));
        }
      } finally {
        directory.closeSync();
      }
      return this.#listing(names);
    } catch (error) {
      return failure(error, bytes);
    }
  }

  replan(): void {}

  async close(): Promise<void> {
    this.#closed = true;
  }

  closeSync(): void {
    this.#closed = true;
  }

  #mayBeLink(depth: number): boolean {
    return depth > 0 && !this.#enterLinks;
  }

  #listing(names: Names): Visit<Name> {
    const skips = (name: Buffer) => this.#skipNames.has(name.toString('latin1'));
    const directories = names.directories.filter(({ name }) => !skips(name));
    return {
      dirnames: directories.map(({ name }) => this.#codec.fromBytes(name)),
      filenames: names.others.map((name) => this.#codec.fromBytes(name)),
      linked: directories.flatMap(({ linked }, index) => (linked ? [index] : [])),
    };
  }

  #checkOpen(): void {
    if (this.#closed) throw new PwalkError('PWALK_CANCELLED', 'The walk was cancelled.');
  }
}

class Names {
  readonly directories: { readonly name: Buffer; readonly linked: boolean }[] = [];
  readonly others: Buffer[] = [];

  add(entry: Dirent, linksToDirectory: boolean): void {
    const name = pathBytes(entry.name);
    if (entry.isDirectory() || linksToDirectory) {
      this.directories.push({ name, linked: linksToDirectory });
    } else {
      this.others.push(name);
    }
  }
}

function targetOf(directory: Buffer, entry: Dirent): Buffer {
  return bytesCodec.join(directory, pathBytes(entry.name));
}

async function isLink(path: Buffer): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );
}

function isLinkSync(path: Buffer): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function leadsToDirectory(path: Buffer): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function failure(error: unknown, path: Buffer): WalkError {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return new WalkError(-error.errno, decodePath(path));
  }
  throw error;
}
