import type { HostileTree } from './hostile-tree.js';

export const empty: HostileTree = {
  name: 'empty',
  about: 'directories with nothing, or nothing but such directories, in them',
  build(directory) {
    directory.directory('empty');
    directory.directory('only-empty', {}, (inner) => {
      for (let i = 0; i < 5; i++) inner.directory(`e${i}`);
    });
    directory.file('empty-file');
  },
};
