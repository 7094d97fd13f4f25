import { readFileSync, realpathSync } from 'node:fs';

/** A mount as the kernel lists it. */
export interface Mount {
  /** Where it is mounted; bytes, one character each. */
  readonly place: string;
  readonly type: string;
}

/** Types of file systems that the kernel makes up. */
const pseudoTypes: ReadonlySet<string> = new Set([
  ...['proc', 'sysfs', 'cgroup', 'cgroup2', 'debugfs', 'tracefs', 'securityfs', 'selinuxfs'],
  ...['smackfs', 'apparmorfs', 'bpf', 'devpts', 'pstore', 'efivarfs', 'configfs', 'fusectl'],
  ...['binfmt_misc', 'mqueue', 'nsfs', 'resctrl', 'rpc_pipefs', 'nfsd'],
]);

export function isPseudo({ type }: Mount): boolean {
  return pseudoTypes.has(type);
}

/** Opening a directory of it, or asking it anything, may mount something. */
export function isAutomount({ type }: Mount): boolean {
  return type === 'autofs';
}

/**
 * The mounts of this process when it was read. The file systems themselves are asked nothing, so that none
 * is mounted and none can hang. Mounts are told by their place: a bind mount is one too.
 */
export class Mounts {
  readonly #byPlace: ReadonlyMap<string, Mount>;
  readonly #names: ReadonlySet<string>;

  private constructor(mounts: readonly Mount[]) {
    // Of several on one place the last is the one that is seen.
    this.#byPlace = new Map(mounts.map((mount) => [mount.place, mount]));
    this.#names = new Set(mounts.map(({ place }) => place.slice(place.lastIndexOf('/') + 1)));
  }

  /** Null where the kernel does not tell. */
  static read(): Mounts | null {
    try {
      return new Mounts(parse(readFileSync('/proc/self/mountinfo', 'latin1')));
    } catch {
      return null;
    }
  }

  /** The mount that a path leads to, through symbolic links; null when it leads nowhere. */
  of(path: Buffer): Mount | null {
    let place = realPath(path);
    while (place !== null) {
      const mount = this.#byPlace.get(place || '/');
      if (mount !== undefined) return mount;
      place = place === '' ? null : place.slice(0, place.lastIndexOf('/'));
    }
    return null;
  }

  /** The mount whose place is a directory, which is no symbolic link; null for all others. */
  at(path: Buffer): Mount | null {
    // Names first: what a path really is takes a system call for each of its components.
    if (!this.#names.has(path.toString('latin1', path.lastIndexOf('/') + 1))) return null;
    const place = realPath(path);
    return place === null ? null : (this.#byPlace.get(place) ?? null);
  }
}

/** Lines of "id parent major:minor root place options … - type source …". */
function parse(table: string): Mount[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const place = fields[4];
    const type = fields[fields.indexOf('-', 6) + 1];
    return place === undefined || type === undefined ? [] : [{ place: unescaped(place), type }];
  });
}

/** Space, tab, newline and backslash are written as \040 and so on. */
function unescaped(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function realPath(path: Buffer): string | null {
  try {
    return realpathSync.native(path, 'buffer').toString('latin1');
  } catch {
    return null;
  }
}
