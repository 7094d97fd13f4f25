import { type Change, changesIn } from './change.js';
import { ChangeRecords } from './change-records.js';
import type { SkipReason } from './skips.js';
import { Spool } from './spool.js';

/** Piles by inode, so that only a part of all links is in memory at once. */
const PILES = 64;

/**
 * Files with several names. One may be changed only when every one of its names was seen in this
 * repair: a name elsewhere is somebody else's file. Each such file becomes one change, with all names.
 */
export class LinkClosure {
  readonly #spool = new Spool();

  /** Takes one name of a file with more than one. */
  add(change: Change): void {
    this.#spool.add(change.inodeLow % PILES, change);
  }

  settle(): Promise<void> {
    return this.#spool.settle();
  }

  /**
   * The files of which all names are here, as records with all of them.
   * @param skip told how many names are left out, and why
   */
  async *closed(skip: (reason: SkipReason, names: number) => void): AsyncGenerator<Buffer> {
    for (const pile of this.#spool.piles) {
      const byFile = new Map<string, Change[]>();
      for await (const piece of this.#spool.read(pile)) {
        for (const change of changesIn(piece)) {
          const key = `${change.dev}:${change.inode}`;
          const names = byFile.get(key);
          if (names === undefined) byFile.set(key, [change]);
          else names.push(change);
        }
      }
      const records = new ChangeRecords();
      for (const names of byFile.values()) {
        const [first] = names;
        const paths = new Set(names.map(({ path }) => path.toString('latin1')));
        const agree = names.every((name) => isSameChange(name, first));
        if (!agree) skip('hardlink_conflict', names.length);
        else if (paths.size !== first.nlink) skip('hardlink_outside', names.length);
        else {
          const joined = Buffer.from([...paths].join('\0'), 'latin1');
          records.append({ ...fieldsOf(first), names: joined });
        }
      }
      if (records.length > 0) yield records.finish();
    }
  }

  close(): Promise<void> {
    return this.#spool.close();
  }
}

function isSameChange(a: Change, b: Change): boolean {
  return (
    a.newMode === b.newMode && a.newUid === b.newUid && a.newGid === b.newGid && a.ctime === b.ctime
  );
}

/** A record's values, to make another from. */
export function fieldsOf(change: Change) {
  const { dev, inode, ctime, btime, mode, uid, gid, nlink, newMode, newUid, newGid } = change;
  const { rules, features, widened, depth } = change;
  const before = { dev, inode, ctime, btime, mode, uid, gid, nlink };
  return { ...before, newMode, newUid, newGid, rules, features, widened, depth };
}
