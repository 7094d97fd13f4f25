import type { HostileTree } from './hostile-tree.js';

export const snapshots: HostileTree = {
  name: 'snapshots',
  about: 'directories named as storage systems name their snapshots, and what only looks like them',
  build(directory) {
    for (const name of ['.snapshot', '~snapshot', '.snapshots', '.snap', '.zfs', '.ckpt']) {
      directory.directory(name, {}, (snapshot) =>
        snapshot.directory('hourly.0', {}, (copy) => {
          copy.file('older', { content: 'older' });
          copy.directory(name, {}, (nested) => nested.file('nested'));
        }),
      );
    }
    directory.directory('decoys', {}, (decoys) => {
      decoys.file('.snapshot');
      decoys.symlink('~snapshot', '../.snapshot');
      decoys.fifo('.zfs');
      for (const name of ['.snapshot2', 'x.snapshot', '.snapshot ', '.SNAPSHOT', 'snapshot']) {
        decoys.directory(name, {}, (inner) => inner.file('keep'));
      }
    });
  },
};
