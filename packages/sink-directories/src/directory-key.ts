import { type KeptBytes, withRoom } from './key-bytes.js';

/**
 * Which directory, as a key that sorts the directories of a root depth first: the path of the root without
 * slashes at its end, NUL, and the names below it, with NUL between them. In bytes.
 *
 * NUL is in no path, and lower than every other byte: so a directory comes before all that is in it, and
 * that before the directory beside it.
 */
export const SEPARATOR = 0;

/**
 * The longest path of a directory that has totals of its own. Paths of rows end at 64 KiB, or up to three
 * bytes before where a character would be cut; up to here it is certain where a name ends. What is in
 * directories with longer paths counts to the nearest above.
 */
export const LONGEST_PATH = 65_532;

/** Makes keys of paths. */
export class KeyMaker {
  /** The key made last is in its first `length` bytes. */
  readonly bytes = Buffer.allocUnsafeSlow(LONGEST_PATH + 1);
  length = 0;
  /** Of that key; those of other keys are different most of the time. */
  hash = 0;

  /**
   * @param path the path of the directory, without slashes at its end, from `start` to `end`
   * @param depth -1 for a root of the scan
   */
  make(path: Buffer, start: number, end: number, depth: number): void {
    const length = end - start;
    const key = this.bytes;
    let above = depth;
    let rootEnd = length;
    let hash = 0x811c_9dc5;
    for (let at = length - 1; at >= 0; at--) {
      let byte = path[start + at];
      if (byte === SLASH && above >= 0) {
        byte = SEPARATOR;
        rootEnd = at;
        above--;
      }
      key[at] = byte;
      hash = Math.imul(hash ^ byte, 0x0100_0193);
    }
    this.hash = mixed(hash);
    let root = rootEnd;
    while (root > 0 && path[start + root - 1] === SLASH) root--;
    key[root] = SEPARATOR;
    const below = rootEnd + 1;
    if (root < rootEnd) key.copyWithin(root + 1, below, length);
    this.length = root + 1 + Math.max(length - below, 0);
  }
}

/** FNV-1a, mixed once more at its end: tables take its lower bits. */
function mixed(hash: number): number {
  const bits = Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d);
  return (bits ^ (bits >>> 13)) >>> 0;
}

/** Position behind the separator that follows the root. */
export function rootEnd(key: Buffer): number {
  return key.indexOf(SEPARATOR) + 1;
}

/** The path of the directory whose key is looked at, and of those above it: as rows of the entries table have it. */
export class KeyPath {
  #bytes: Buffer = Buffer.allocUnsafeSlow(1024);
  #rootEnd = 0;
  #slashes = 0;

  /**
   * @param from where the key differs from the one before; 0 below another root
   * @param slashes at the end of the root's path, as typed
   */
  set({ bytes: key, length }: KeptBytes, from: number, slashes: number): void {
    if (from === 0) {
      this.#rootEnd = rootEnd(key);
      this.#slashes = slashes;
    }
    const begin = from === 0 ? this.#rootEnd : from;
    const size = from === 0 ? 0 : this.#at(from);
    this.#bytes = withRoom(this.#bytes, size, length + this.#slashes + 1 - size);
    const bytes = this.#bytes;
    if (from === 0) {
      key.copy(bytes, 0, 0, begin - 1);
      bytes.fill(SLASH, begin - 1, this.#at(begin));
    }
    const at = this.#at(begin) - begin;
    for (let i = begin; i < length; i++) {
      const byte = key[i];
      bytes[at + i] = byte === SEPARATOR ? SLASH : byte;
    }
  }

  /** The path of the directory whose key ends there; a view, valid until the next `set`. */
  upTo(end: number): Buffer {
    const isBareRoot = end === this.#rootEnd && this.#slashes === 0 && end > 1;
    return this.#bytes.subarray(0, isBareRoot ? end - 1 : this.#at(end));
  }

  #at(position: number): number {
    return position - 1 + Math.max(this.#slashes, 1);
  }
}

const SLASH = 0x2f;
