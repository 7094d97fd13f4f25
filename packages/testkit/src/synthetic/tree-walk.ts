import type { TreeShape } from './tree-shape.js';

/** A directory whose directories are still to be entered. */
interface Level {
  readonly inode: number;
  /** Bytes of its path. */
  readonly length: number;
  readonly directories: number;
  entered: number;
}

/**
 * Goes through the directories of a made-up tree, depth first and each before those in it, until the entries
 * they list are as many as wanted: then the last ones are emptier than the others. What it keeps grows with
 * the depth and with nothing else.
 */
export class TreeWalk {
  readonly #shape: TreeShape;
  readonly #nameLength: number;
  readonly #above: Level[] = [];
  /** Entries that no directory has listed yet. */
  #left: number;
  #inode = 0;
  #queued = 0;
  /** The path of the directory is its first `length` bytes. */
  readonly path: Buffer;
  length: number;
  /** Where the name begins. */
  nameAt: number;
  depth = -2;
  inode = 0;
  parentInode = 0;
  /** Entries of the directory. */
  files = 0;
  directories = 0;

  /**
   * @param entries at least 1, the root
   * @param longest bytes of the longest path of a directory
   */
  constructor(
    root: Buffer,
    entries: number,
    shape: TreeShape,
    nameLength: number,
    longest: number,
  ) {
    this.#shape = shape;
    this.#nameLength = nameLength;
    this.#left = entries - 1;
    this.path = Buffer.alloc(longest);
    root.copy(this.path);
    this.length = root.length;
    this.nameAt = root.lastIndexOf(0x2f) + 1;
  }

  /** Directories that were listed and not entered. */
  get queued(): number {
    return this.#queued;
  }

  /** Goes to the next directory. @returns false when there is none */
  next(): boolean {
    if (this.depth === -2) return this.#enter(0);
    for (let above = this.#above.at(-1); above !== undefined; above = this.#above.at(-1)) {
      if (above.entered < above.directories) {
        this.length = above.length;
        this.#append(above.entered++);
        this.#queued--;
        return this.#enter(above.inode);
      }
      this.#above.pop();
    }
    return false;
  }

  /** An inode that no entry has yet. */
  newInode(): number {
    return ++this.#inode;
  }

  #enter(parent: number): boolean {
    const { files, directories, depth } = this.#shape;
    this.parentInode = parent;
    this.inode = this.newInode();
    this.depth = this.#above.length - 1;
    this.files = Math.min(files, this.#left);
    this.#left -= this.files;
    this.directories = this.#above.length < depth ? Math.min(directories, this.#left) : 0;
    this.#left -= this.directories;
    this.#queued += this.directories;
    this.#above.push({
      inode: this.inode,
      length: this.length,
      directories: this.directories,
      entered: 0,
    });
    return true;
  }

  #append(index: number): void {
    this.path[this.length] = 0x2f;
    this.nameAt = this.length + 1;
    this.length = this.nameAt + this.#nameLength;
    this.path.write(directoryName(index, this.#nameLength), this.nameAt, 'latin1');
  }
}

function directoryName(index: number, length: number): string {
  return `d${String(index).padStart(length - 1, '0')}`;
}
