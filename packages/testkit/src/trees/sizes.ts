import type { HostileTree } from './hostile-tree.js';

export const sizes: HostileTree = {
  name: 'sizes',
  about: 'sizes beyond 31, 32 and 43 bits, files that are all hole, and blocks beyond the size',
  build(directory) {
    directory.file('nothing');
    directory.file('one', { content: '1' });
    for (const [name, size] of [
      ['over-2-31', 2 ** 31 + 1],
      ['over-2-32', 2 ** 32 + 1],
      ['2-40', 2 ** 40],
      ['over-2-43', 2 ** 43 + 1], // ext4 ends at 2^44
      ['almost-2-53', 2 ** 53 - 1], // tmpfs, xfs and btrfs go on
    ] as const) {
      directory.file(name, { size });
    }
    directory.file('holes', { extents: [0, 2 ** 20, 2 ** 30] });
    if (directory.file('more-blocks-than-size', { content: 'x' }) !== null) {
      directory.command('more-blocks-than-size', 'fallocate', ['-n', '-l', '1048576']);
    }
  },
};
