import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';

/** What a directory comes to, as a row of the table that DuckDB gives back. */
export type Totals = Record<string, string | boolean | null>;

interface Entry {
  readonly path: Buffer;
  readonly stat: BigIntStats;
  readonly depth: number;
  readonly entries: readonly Entry[];
}

const slash = Buffer.from('/');

function read(path: Buffer, depth: number): Entry {
  const stat = lstatSync(path, { bigint: true });
  const names = stat.isDirectory() ? readdirSync(path, { encoding: 'buffer' }) : [];
  const between = path.at(-1) === slash[0] ? Buffer.alloc(0) : slash;
  const entries = names.map((name) => read(Buffer.concat([path, between, name]), depth + 1));
  return { path, stat, depth, entries };
}

function all(entry: Entry): Entry[] {
  return [entry, ...entry.entries.flatMap(all)];
}

const MOST = 2n ** 64n - 1n;
const isLinked = ({ stat }: Entry) => !stat.isDirectory() && stat.nlink > 1n;
const file = ({ stat }: Entry) => `${stat.dev} ${stat.ino}`;

/** The tables by lstat and recursion, everything in memory. Each root is given once. */
export function reference(roots: readonly (string | Buffer)[]) {
  const tops = roots.map((root) => read(Buffer.from(root), -1));
  const names = new Map<string, Map<string, Entry>>();
  for (const entry of tops.flatMap(all).filter(isLinked)) {
    const of = names.get(file(entry)) ?? new Map();
    names.set(file(entry), of.set(entry.path.toString('latin1'), entry));
  }
  const primary = (entry: Entry) => [...(names.get(file(entry))?.keys() ?? [])].sort()[0];
  const isFirst = (entry: Entry) => primary(entry) === entry.path.toString('latin1');
  const directories: Totals[] = tops
    .flatMap(all)
    .filter(({ stat }) => stat.isDirectory())
    .map((directory) => {
      const tree = all(directory);
      const files = tree.filter(({ stat }) => !stat.isDirectory());
      const sum = (of: Entry[], value: (entry: Entry) => bigint) => {
        const total = of.reduce((so, entry) => so + value(entry), 0n);
        return String(total > MOST ? MOST : total);
      };
      const newest = (of: Entry[], value: (stat: BigIntStats) => bigint) => {
        const times = of.map(({ stat }) => value(stat) / 1000n).sort((a, b) => (a < b ? 1 : -1));
        return times[0] === undefined ? null : String(times[0]);
      };
      const once = (of: Entry[]) => of.filter((entry) => !isLinked(entry) || isFirst(entry));
      return {
        key: directory.path.toString('hex').toUpperCase(),
        depth: String(directory.depth),
        tree_files: String(files.length),
        tree_dirs: String(tree.length - files.length - 1),
        tree_bytes: sum(files, ({ stat }) => stat.size),
        tree_allocated: sum(tree, ({ stat }) => stat.blocks * 512n),
        tree_bytes_unique: sum(once(files), ({ stat }) => stat.size),
        tree_allocated_unique: sum(once(tree), ({ stat }) => stat.blocks * 512n),
        newest_mtime: newest(tree, ({ mtimeNs }) => mtimeNs),
        newest_atime: newest(files, ({ atimeNs }) => atimeNs),
        incomplete: false,
        left_out: false,
      };
    });
  const links: Totals[] = [...names.values()].flatMap((of) =>
    [...of.values()].map((entry) => ({
      dev: String(entry.stat.dev),
      inode: String(entry.stat.ino),
      nlink: String(entry.stat.nlink),
      key: entry.path.toString('hex').toUpperCase(),
      size: String(entry.stat.size),
      links_found: String(of.size),
      link_primary: isFirst(entry),
    })),
  );
  return { directories: sorted(directories), links: sorted(links) };
}

export function sorted(rows: readonly Totals[]): Totals[] {
  const order = (row: Totals) => `${row.key} ${row.depth}`;
  return [...rows].sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
}
