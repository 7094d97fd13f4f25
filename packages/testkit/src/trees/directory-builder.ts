import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { OpenDirectory } from './open-directory.js';
import { Planted } from './planted.js';

/** A name as UTF-8 text, or as bytes. */
export type Name = string | Buffer;

/** What a new entry shall have; what is not given is as the system makes it. */
export interface Owned {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970, for access and change alike; from -8.64e12 on. */
  readonly time?: number;
}

export interface FileContent {
  readonly content?: string;
  /** Content at offsets, holes between. */
  readonly extents?: readonly number[];
  /** Apparent size; beyond the content there is a hole. */
  readonly size?: number;
}

/** Something that this file system or this user could not be given. */
export interface Skipped {
  readonly what: string;
  readonly why: string;
}

/** What the builders of one set of trees share. */
export interface BuildLog {
  readonly skipped: Skipped[];
  /** Undone in reverse order before the trees are removed. */
  readonly undo: (() => void)[];
}

/**
 * Fills one directory of a tree and plants what it makes in the manifest. An entry that cannot be
 * made (a file system that takes UTF-8 only, a user that may not make devices) is noted in the log,
 * is not planted, and the method returns null.
 */
export class DirectoryBuilder {
  /** Path of the directory; too long to be used when the tree is deep. */
  readonly path: Buffer;
  readonly #directory: OpenDirectory;
  readonly #planted: Planted;
  readonly #log: BuildLog;

  constructor(path: Buffer, directory: OpenDirectory, planted: Planted, log: BuildLog) {
    this.path = path;
    this.#directory = directory;
    this.#planted = planted;
    this.#log = log;
  }

  file(name: Name, options: Owned & FileContent = {}): Planted | null {
    return this.#plant(name, false, (path) => {
      const fd = openSync(path, 'wx');
      try {
        const { content = '', extents = [], size } = options;
        if (content !== '') writeSync(fd, content);
        for (const offset of extents) writeSync(fd, Buffer.alloc(4096, 'x'), 0, 4096, offset);
        if (size !== undefined) ftruncateSync(fd, size);
        // Until it is on the disk the number of blocks is a guess of some file systems.
        if (extents.length > 0) fsyncSync(fd);
        own(fd, options);
      } catch (error) {
        unlinkSync(path);
        throw error;
      } finally {
        closeSync(fd);
      }
    });
  }

  /** A directory; its mode, owner and time are set after `fill`. */
  directory(
    name: Name,
    options: Owned = {},
    fill: (directory: DirectoryBuilder) => void = () => {},
  ): Planted | null {
    const planted = this.#plant(name, true, (path) => mkdirSync(path));
    if (planted !== null) this.#inside(planted, fill, options);
    return planted;
  }

  /**
   * Directories of one name inside one another, as many levels as wanted. `fill` is called for each;
   * the outermost is level 1.
   */
  chain(
    name: Name,
    levels: number,
    fill: (directory: DirectoryBuilder, level: number) => void = () => {},
  ): Planted | null {
    let builder: DirectoryBuilder = this;
    let outermost: Planted | null = null;
    for (let level = 1; level <= levels; level++) {
      const planted = builder.#plant(name, true, (path) => mkdirSync(path));
      if (planted === null) break;
      outermost ??= planted;
      const inner = builder.#below(planted);
      fill(inner, level);
      if (builder !== this) builder.#directory.close();
      builder = inner;
    }
    if (builder !== this) builder.#directory.close();
    return outermost;
  }

  /**
   * A directory that something is mounted on. `under` fills what the mount hides. Taken down again
   * before the tree is removed.
   * @param args of mount(8), without the mount point
   */
  mount(
    name: Name,
    args: readonly (string | Buffer)[],
    fill: (directory: DirectoryBuilder) => void = () => {},
    under: (hidden: DirectoryBuilder) => void = () => {},
  ): Planted | null {
    const bytes = Buffer.from(name);
    const path = Buffer.concat([this.path, Buffer.from('/'), bytes]).toString();
    const planted = this.#plant(bytes, true, (entry) => {
      mkdirSync(entry);
      const covered = this.#directory.open(bytes);
      const hidden = new Planted(null, bytes, true);
      under(new DirectoryBuilder(Buffer.from(path), covered, hidden, this.#log));
      covered.close();
      try {
        run('mount', [...args.map(String), path]);
      } catch (error) {
        rmSync(path, { recursive: true });
        throw error;
      }
      this.#log.undo.push(() => run('umount', ['--lazy', path]));
    });
    if (planted !== null) this.#inside(planted, fill);
    return planted;
  }

  /** An entry that is there already: what a bind mount shows. */
  existing(name: Name, fill?: (directory: DirectoryBuilder) => void): Planted {
    const planted = this.#planted.add(Buffer.from(name), fill !== undefined);
    if (fill !== undefined) this.#inside(planted, fill);
    return planted;
  }

  symlink(name: Name, target: Name, options: Owned = {}): Planted | null {
    return this.#plant(name, false, (path) => {
      symlinkSync(Buffer.from(target), path);
      const { uid, gid, time } = options;
      if (uid !== undefined || gid !== undefined) lchownSync(path, uid ?? -1, gid ?? -1);
      if (time !== undefined) lutimesSync(path, instant(time), instant(time));
    });
  }

  /** Another name for what `from` has under `of`. */
  link(name: Name, from: DirectoryBuilder, of: Name): Planted | null {
    return this.#plant(name, false, (path) =>
      linkSync(from.#directory.entry(Buffer.from(of)), path),
    );
  }

  fifo(name: Name, mode = 0o644): Planted | null {
    return this.#node(name, mode, 'p');
  }

  /** A device node; root only. Nothing opens it. */
  device(name: Name, kind: 'c' | 'b', major: number, minor: number, mode = 0o600): Planted | null {
    return this.#node(name, mode, kind, String(major), String(minor));
  }

  socket(name: Name, mode = 0o755): Planted | null {
    return this.#plant(name, false, (path) => {
      const at = this.#directory.entryForOthers(Buffer.from(name)).toString();
      // Killed, not ended: a server that ends takes its socket along.
      const script = 'net.createServer().listen(process.argv[1],()=>process.kill(process.pid,9))';
      try {
        run(process.execPath, ['-e', script, at]);
      } catch (error) {
        if (!(error instanceof Error && 'signal' in error && error.signal === 'SIGKILL'))
          throw error;
      }
      chmodSync(path, mode);
    });
  }

  /** Runs a command on an entry made here, as setfattr or fallocate. */
  command(name: Name, command: string, args: readonly string[]): void {
    const at = this.#directory.entryForOthers(Buffer.from(name)).toString();
    try {
      run(command, [...args, at]);
    } catch (error) {
      this.#skip(`${command} ${String(name)}`, error);
    }
  }

  #node(name: Name, mode: number, ...kind: string[]): Planted | null {
    return this.#plant(name, false, (path) => {
      const at = this.#directory.entryForOthers(Buffer.from(name)).toString();
      run('mknod', [at, ...kind]);
      chmodSync(path, mode);
    });
  }

  #below(planted: Planted): DirectoryBuilder {
    const path = Buffer.concat([this.path, Buffer.from('/'), planted.name]);
    return new DirectoryBuilder(path, this.#directory.open(planted.name), planted, this.#log);
  }

  #inside(
    planted: Planted,
    fill: (directory: DirectoryBuilder) => void,
    options: Owned = {},
  ): void {
    const inner = this.#below(planted);
    try {
      fill(inner);
      own(inner.#directory.fd, options);
    } finally {
      inner.#directory.close();
    }
  }

  #plant(name: Name, isDirectory: boolean, make: (path: Buffer) => void): Planted | null {
    const bytes = Buffer.from(name);
    try {
      make(this.#directory.entry(bytes));
      return this.#planted.add(bytes, isDirectory);
    } catch (error) {
      this.#skip(bytes.toString('latin1'), error);
      return null;
    }
  }

  #skip(what: string, error: unknown): void {
    this.#log.skipped.push({ what, why: error instanceof Error ? error.message : String(error) });
  }
}

function own(fd: number, { mode, uid, gid, time }: Owned): void {
  if (uid !== undefined || gid !== undefined) fchownSync(fd, uid ?? -1, gid ?? -1);
  // After the owner: a change of owner takes the set-id bits away.
  if (mode !== undefined) fchmodSync(fd, mode);
  if (time !== undefined) futimesSync(fd, instant(time), instant(time));
}

/** A time as Node takes it, which makes of a negative number the present. */
function instant(time: number): number | Date {
  return time < 0 ? new Date(time * 1000) : time;
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
