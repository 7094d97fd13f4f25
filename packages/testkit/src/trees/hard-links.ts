import type { HostileTree } from './hostile-tree.js';

export const hardLinks: HostileTree = {
  name: 'hard-links',
  about:
    'one inode under several names: in one directory, in several, and of everything but directories',
  build(directory) {
    directory.directory('a', {}, (a) => {
      a.file('file', { content: 'h'.repeat(5000) });
      a.link('same-directory', a, 'file');
      a.symlink('symlink', 'file');
      a.fifo('fifo');
      a.file('many', { content: 'm' });
      directory.directory('b', {}, (b) => {
        b.link('file', a, 'file');
        b.link(Buffer.from([0xff, 0x0a]), a, 'file');
        b.link('symlink', a, 'symlink');
        b.link('fifo', a, 'fifo');
        for (let i = 0; i < 60; i++) b.link(`many-${i}`, a, 'many');
      });
    });
  },
};
