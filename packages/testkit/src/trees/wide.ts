import type { HostileTree } from './hostile-tree.js';

export const wide: HostileTree = {
  name: 'wide',
  about: 'directories larger than the buffers they are read with, of files and of directories',
  build(directory) {
    directory.directory('files', {}, (inner) => {
      for (let i = 0; i < 3000; i++) {
        inner.file(`a-file-with-a-name-of-some-length-${String(i).padStart(8, '0')}.dat`);
      }
    });
    directory.directory('directories', {}, (inner) => {
      for (let i = 0; i < 400; i++) inner.directory(`d${i}`);
    });
  },
};
