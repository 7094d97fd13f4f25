import { expect, it } from 'vitest';
import { ProtectedMounts } from '../src/protected-mounts.js';

/** A machine whose /etc is a subvolume of its own, and on which everything else is one file system. */
const table = `
20 1 0:30 /@ / rw - btrfs /dev/vda rw
21 20 0:31 /sub\\040volume /etc rw - btrfs /dev/vdb rw
22 20 0:31 /sub\\040volume/ssl /data/ssl rw - btrfs /dev/vdb rw
23 20 0:31 /sub\\040volumes /data/beside rw - btrfs /dev/vdb rw
24 20 0:30 /@/usr/share /data/share rw - btrfs /dev/vda rw
25 20 0:30 /@/home/them /data/them rw - btrfs /dev/vda rw
26 20 0:31 / /data/above rw - btrfs /dev/vdb rw
27 20 0:30 /@ /data/root rw - btrfs /dev/vda rw
`;

it('a mount is the system’s own by its device and the path in its file system', () => {
  const mounts = new ProtectedMounts(table);
  const ids = [20n, 21n, 22n, 23n, 24n, 25n, 26n, 27n, 99n];
  expect(ids.filter((id) => mounts.has(id))).toEqual([20n, 21n, 22n, 24n, 27n]);
});

it.each([
  [20n, '/home/them', false],
  [20n, '/data', false],
  [27n, '/data/root/home', false],
  [27n, '/data/root/usr/lib', true],
  [25n, '/data/them/deeper', false],
  [26n, '/data/above/other', false],
  [26n, '/data/above/sub volume/ssl', true],
  [26n, '/data/above', false],
])('so is a directory: on mount %i, %s: %s', (id, path, expected) => {
  expect(new ProtectedMounts(table).hasDirectory(id, Buffer.from(path))).toBe(expected);
});
