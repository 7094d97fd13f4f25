/**
 * A file system that hangs: this program serves one over the FUSE protocol (linux/fuse.h, 7.31), and does
 * not answer some of what it is asked. The kernel has handed the request over then, so whoever waits for
 * it can be neither interrupted nor killed, as with a server that is gone.
 *
 * The root has the directories `ok` and `stuck-open`, `stuck-read`, `in-stat`, and files. Looking at what is
 * called `stuck-stat`, opening `stuck-open`, and listing `stuck-read` is never answered. In `odd`, which the
 * root does not list, the offsets of `endless` go round, and the inodes of files are what they are called.
 *
 * Run as `fuse-server.js MOUNTPOINT`, as root; says "ready" when it is mounted, and ends when it is
 * unmounted.
 */
import { spawnSync } from 'node:child_process';
import { openSync, readSync, writeSync } from 'node:fs';

const opcodes = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  statfs: 17,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;
const ENOENT = 2;
const ENODEV = 19;
const ENOSYS = 38;
const DIRECTORY = 0o40000;
const REGULAR = 0o100000;

interface Node {
  readonly name: string;
  readonly children: readonly number[] | null;
  /** Where its listing goes on behind its last entry, when not at the end. */
  readonly goesOnAt?: number;
  /** Found by its name only. */
  readonly isUnlisted?: boolean;
}

const files = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Nodes by number; the root is 1. */
const nodes: Node[] = [
  { name: '', children: null },
  { name: '', children: [] },
];
/** Adds a node and returns its number. */
function add(
  name: string,
  children: readonly number[] | null = null,
  rest: Partial<Node> = {},
): number {
  nodes.push({ name, children, ...rest });
  return nodes.length - 1;
}
const addAll = (names: readonly string[]) => names.map((name) => add(name));
nodes[1] = {
  name: '',
  children: [
    add('ok', addAll(files(20, 'file-'))),
    ...addAll(files(5, 'first-')),
    add('stuck-open', addAll(['unseen'])),
    add('stuck-read', addAll(['unseen'])),
    add(
      'odd',
      [
        add('endless', addAll(files(10, 'again-')), { goesOnAt: 0 }),
        ...addAll(['1', `${2n ** 63n - 1n}`, `${2n ** 63n}`, `${2n ** 64n - 1n}`]),
      ],
      { isUnlisted: true },
    ),
    add('in-stat', addAll([...files(30, 'before-'), 'stuck-stat', ...files(30, 'after-')])),
    ...addAll(files(5, 'last-')),
  ],
};

function inodeOf(number: number): bigint {
  const name = nodes[number]?.name ?? '';
  return /^\d+$/.test(name) ? BigInt(name) : BigInt(number);
}

function attributes(number: number): Buffer {
  const isDirectory = nodes[number]?.children !== null;
  const out = Buffer.alloc(88);
  out.writeBigUInt64LE(inodeOf(number), 0);
  out.writeBigUInt64LE(isDirectory ? 0n : 7n, 8);
  out.writeUInt32LE(isDirectory ? DIRECTORY | 0o755 : REGULAR | 0o644, 60);
  out.writeUInt32LE(isDirectory ? 2 : 1, 64);
  return out;
}

/** What is sent back: bytes, a negative errno, or null for nothing, ever. */
type Answer = Buffer | number | null;

function answer(opcode: number, number: number, body: Buffer): Answer {
  const node = nodes[number];
  switch (opcode) {
    case opcodes.init: {
      const out = Buffer.alloc(64);
      out.writeUInt32LE(7, 0);
      out.writeUInt32LE(31, 4);
      out.writeUInt16LE(12, 16);
      out.writeUInt32LE(4096, 20);
      return out;
    }
    case opcodes.lookup: {
      const name = body.toString('utf8', 0, body.indexOf(0));
      if (name === 'stuck-stat') return null;
      const child = node?.children?.find((each) => nodes[each]?.name === name);
      if (child === undefined) return -ENOENT;
      const out = Buffer.alloc(40);
      out.writeBigUInt64LE(BigInt(child), 0);
      return Buffer.concat([out, attributes(child)]);
    }
    case opcodes.getattr:
      return Buffer.concat([Buffer.alloc(16), attributes(number)]);
    case opcodes.opendir:
      return node?.name === 'stuck-open' ? null : Buffer.alloc(16);
    case opcodes.readdir:
      return node?.name === 'stuck-read' ? null : listing(node, body);
    case opcodes.statfs:
      return Buffer.alloc(80);
    case opcodes.releasedir:
    case opcodes.destroy:
      return Buffer.alloc(0);
    case opcodes.forget:
    case opcodes.batchForget:
    case opcodes.interrupt:
      return null; // these expect none
    default:
      return -ENOSYS;
  }
}

/** Entries from an offset on, as many as fit. */
function listing(node: Node | undefined, body: Buffer): Buffer {
  const children = node?.children ?? [];
  const offset = Number(body.readBigUInt64LE(8));
  const most = body.readUInt32LE(16);
  const entries: Buffer[] = [];
  let size = 0;
  for (const [at, child] of children.entries()) {
    if (at < offset || nodes[child]?.isUnlisted) continue;
    const name = Buffer.from(nodes[child]?.name ?? '');
    const entry = Buffer.alloc(24 + ((name.length + 7) & ~7));
    const next = at + 1 === children.length ? (node?.goesOnAt ?? at + 1) : at + 1;
    entry.writeBigUInt64LE(inodeOf(child), 0);
    entry.writeBigUInt64LE(BigInt(next), 8);
    entry.writeUInt32LE(name.length, 16);
    entry.writeUInt32LE((nodes[child]?.children !== null ? DIRECTORY : REGULAR) >> 12, 20);
    name.copy(entry, 24);
    size += entry.length;
    if (size > most) break;
    entries.push(entry);
  }
  return Buffer.concat(entries);
}

function serve(device: number): void {
  const request = Buffer.alloc(1 << 17);
  for (;;) {
    try {
      readSync(device, request, 0, request.length, null);
    } catch (error) {
      if (error instanceof Error && 'errno' in error && error.errno === -ENODEV) return;
      throw error;
    }
    const body = request.subarray(40, request.readUInt32LE(0));
    const node = Number(request.readBigUInt64LE(16));
    const reply = answer(request.readUInt32LE(4), node, body);
    if (reply === null) continue;
    const data = typeof reply === 'number' ? Buffer.alloc(0) : reply;
    const header = Buffer.alloc(16);
    header.writeUInt32LE(16 + data.length, 0);
    header.writeInt32LE(typeof reply === 'number' ? reply : 0, 4);
    request.copy(header, 8, 8, 16);
    writeSync(device, Buffer.concat([header, data]));
  }
}

const [, , mountPoint = ''] = process.argv;
const device = openSync('/dev/fuse', 'r+');
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other';
const mounted = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'hanging', mountPoint], {
  stdio: ['ignore', 'inherit', 'inherit', device],
});
if (mounted.status !== 0) process.exit(1);
writeSync(1, 'ready\n');
serve(device);
