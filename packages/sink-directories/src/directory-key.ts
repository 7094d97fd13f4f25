/**
 * Which directory, as a key that sorts the directories of a root depth first: the path of the root without
 * slashes at its end, NUL, and the names below it, with NUL between them. One character is one byte.
 *
 * NUL is in no path, and lower than every other byte: so a directory comes before all that is in it, and
 * that before the directory beside it.
 */
export const SEPARATOR = '\0';

/**
 * The longest path of a directory that has totals of its own. Paths of rows end at 64 KiB, or up to three
 * bytes before where a character would be cut; up to here it is certain where a name ends. What is in
 * directories with longer paths counts to the nearest above.
 */
export const LONGEST_PATH = 65_532;

/** Makes keys of paths. */
export class KeyMaker {
  #key = Buffer.alloc(LONGEST_PATH + 1);

  /**
   * @param bytes the path of the directory, without slashes at its end, from `start` to `end`
   * @param depth -1 for a root of the scan
   */
  keyOf(bytes: Uint8Array, start: number, end: number, depth: number): string {
    const length = end - start;
    const key = this.#key;
    let above = depth;
    let rootEnd = length;
    for (let at = length - 1; at >= 0; at--) {
      const byte = bytes[start + at];
      const isBetween = byte === SLASH && above >= 0;
      key[at] = isBetween ? 0 : byte;
      if (!isBetween) continue;
      rootEnd = at;
      above--;
    }
    let root = rootEnd;
    while (root > 0 && bytes[start + root - 1] === SLASH) root--;
    key[root] = 0;
    const below = rootEnd + 1;
    if (below >= length) return key.toString('latin1', 0, root + 1);
    if (root < rootEnd) key.copyWithin(root + 1, below, length);
    return key.toString('latin1', 0, root + 1 + length - below);
  }
}

/** Position of the first character that belongs to the names below the root. */
export function rootEnd(key: string): number {
  return key.indexOf(SEPARATOR) + 1;
}

/** The path of the directory whose key is looked at, and of those above it: as rows of the entries table have it. */
export class KeyPath {
  #bytes = Buffer.alloc(1024);
  #rootEnd = 0;
  #slashes = 0;

  /**
   * @param from where the key differs from the one before; 0 below another root
   * @param slashes at the end of the root's path, as typed
   */
  set(key: string, from: number, slashes: number): void {
    if (key.length + slashes + 1 > this.#bytes.length) {
      const grown = Buffer.alloc(2 * (key.length + slashes + 1));
      this.#bytes.copy(grown);
      this.#bytes = grown;
    }
    const bytes = this.#bytes;
    let begin = from;
    if (from === 0) {
      this.#rootEnd = rootEnd(key);
      this.#slashes = slashes;
      bytes.write(key, 0, this.#rootEnd - 1, 'latin1');
      bytes.fill(SLASH, this.#rootEnd - 1, this.#rootEnd - 1 + Math.max(slashes, 1));
      begin = this.#rootEnd;
    }
    const at = this.#at(begin);
    const end = at + bytes.write(begin === 0 ? key : key.slice(begin), at, 'latin1');
    for (let i = at; i < end; i++) if (bytes[i] === 0) bytes[i] = SLASH;
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
