import type { AddonTree } from './addon.js';
import { isBadGroup, type Policy } from './policy.js';
import type { SkipReason } from './skips.js';

/** Bytes of paths that are remembered before everything is forgotten. */
const MOST_REMEMBERED = 16 * 1024 * 1024;

const SLASH = 0x2f;

/**
 * Which group a directory hands on to what is in it: its own, when its owner is trusted and the group
 * is not bad, else that of the first directory above, inside the root, of which both are true. Looked
 * up once per directory, by descriptors, whether or not the directory came by in the scan.
 */
export class GroupInheritance {
  readonly #tree: AddonTree;
  readonly #policy: Policy;
  readonly #known = new Map<string, number | SkipReason>();
  #bytes = 0;
  readonly #found = new Uint32Array(3);

  constructor(tree: AddonTree, policy: Policy) {
    this.#tree = tree;
    this.#policy = policy;
  }

  /** The group for an entry whose path, relative to the root, lies in `bytes`. */
  of(bytes: Buffer, start: number, end: number): number | SkipReason {
    // The root itself has nothing above.
    if (start === end) return 'no_group';
    const slash = bytes.lastIndexOf(SLASH, end - 1);
    return this.#handedOnBy(bytes.subarray(start, Math.max(start, slash)));
  }

  #handedOnBy(directory: Buffer): number | SkipReason {
    const asked: string[] = [];
    let group: number | SkipReason | undefined;
    for (let at = directory; group === undefined; at = parentOf(at)) {
      const key = at.toString('latin1');
      group = this.#known.get(key);
      if (group !== undefined) break;
      asked.push(key);
      group = this.#ownOf(at) ?? (at.length === 0 ? 'no_group' : undefined);
    }
    for (const key of asked) {
      this.#bytes += key.length;
      this.#known.set(key, group);
    }
    if (this.#bytes > MOST_REMEMBERED) {
      this.#known.clear();
      this.#bytes = 0;
    }
    return group;
  }

  /** What the directory itself has to hand on; undefined when that is for those above to say. */
  #ownOf(directory: Buffer): number | SkipReason | undefined {
    if (!this.#tree.look(directory, this.#found)) return 'changed';
    const [uid, gid] = this.#found;
    if (!this.#policy.isTrustedOwner(uid) || isBadGroup(this.#policy, gid, uid)) return undefined;
    const verdict = this.#policy.judgeGroup(gid);
    return verdict === 'ok' ? gid : verdict;
  }
}

function parentOf(path: Buffer): Buffer {
  return path.subarray(0, Math.max(0, path.lastIndexOf(SLASH)));
}
