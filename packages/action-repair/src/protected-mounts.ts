import { readFileSync, realpathSync } from 'node:fs';
import { directories, trees } from './protected-paths.js';

/** Where something is in its file system, whatever it is mounted as; bytes of a path as Latin-1. */
interface Place {
  readonly device: string;
  readonly path: string;
}

interface Mount extends Place {
  readonly id: bigint;
  /** The path here of what is at `path` in the file system. */
  readonly point: string;
}

/**
 * Which mounts show the system's own directories, or what is inside one, under another name. From below,
 * a bind mount of `/etc/ssl` looks like any directory: going up from it one comes to what is around the mount.
 * What the mount table says of it does not: the device, and the path in the file system.
 */
export class ProtectedMounts {
  readonly #mounts: readonly Mount[];
  readonly #trees: readonly Place[];
  readonly #directories: readonly Place[];
  readonly #known = new Map<bigint, boolean>();

  /** @param table in the form of /proc/self/mountinfo */
  constructor(table = readTable()) {
    this.#mounts = table.split('\n').flatMap(mountOf);
    const places = (paths: readonly string[]) =>
      paths.map((path) => this.#placeOf(path)).filter((place) => place !== null);
    this.#trees = places(trees);
    this.#directories = places(directories);
  }

  /** Whether what is mounted there is the system's own; false for a mount that the table does not have. */
  has(id: bigint): boolean {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const mount = this.#mounts.find((one) => one.id === id);
    const isProtected = mount !== undefined && this.#isProtected(mount);
    this.#known.set(id, isProtected);
    return isProtected;
  }

  /** The same for a directory, by the mount that it is on and the kernel's name for it. */
  hasDirectory(id: bigint, path: Uint8Array): boolean {
    const name = Buffer.from(path).toString('latin1');
    const mount = this.#mounts.find((one) => one.id === id && isInside(name, one.point));
    return mount !== undefined && this.#isProtected(placeOn(mount, name));
  }

  #isProtected({ device, path }: Place): boolean {
    const isOn = (place: Place) => place.device === device;
    return (
      this.#trees.some((tree) => isOn(tree) && isInside(path, tree.path)) ||
      this.#directories.some((directory) => isOn(directory) && path === directory.path)
    );
  }

  #placeOf(path: string): Place | null {
    let whole: string;
    try {
      whole = realpathSync(path);
    } catch {
      return null;
    }
    // Of mounts on one point the last is on top.
    const around = this.#mounts.filter(({ point }) => isInside(whole, point));
    const longest = Math.max(...around.map(({ point }) => point.length));
    const mount = around.findLast(({ point }) => point.length === longest);
    return mount === undefined ? null : placeOn(mount, whole);
  }
}

function placeOn({ device, path, point }: Mount, name: string): Place {
  const rest = point === '/' ? name : name.slice(point.length);
  const whole = path === '/' ? rest : `${path}${rest === '/' ? '' : rest}`;
  return { device, path: whole === '' ? '/' : whole };
}

function isInside(path: string, directory: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

/** `63 43 254:0 /etc/ssl /mnt/ssl rw …`: id, parent, device, path in the file system, mount point. */
function mountOf(line: string): Mount[] {
  const [id, , device, path, point] = line.split(' ');
  if (id === undefined || device === undefined || path === undefined || point === undefined)
    return [];
  return [{ id: BigInt(id), device, path: unescaped(path), point: unescaped(point) }];
}

/** The kernel writes blanks, line breaks and backslashes as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Empty where there is no /proc; without one nothing is repaired anyway. */
function readTable(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'latin1');
  } catch {
    return '';
  }
}
