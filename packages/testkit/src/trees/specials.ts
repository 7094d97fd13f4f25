import type { HostileTree } from './hostile-tree.js';

export const specials: HostileTree = {
  name: 'specials',
  about: 'fifos, sockets and devices, which must not be opened',
  build(directory) {
    directory.fifo('fifo', 0o666);
    directory.fifo('fifo-without-rights', 0o000);
    directory.socket('socket', 0o777);
    directory.device('null', 'c', 1, 3);
    directory.device('whiteout', 'c', 0, 0);
    directory.device('largest-numbers', 'c', 4095, 1048575, 0o000);
    directory.device('block', 'b', 7, 1048575);
    directory.directory('only-specials', {}, (inner) => {
      inner.fifo('a');
      inner.fifo('b');
    });
    directory.symlink('to-fifo', 'fifo');
  },
};
