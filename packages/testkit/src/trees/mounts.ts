import type { HostileTree } from './hostile-tree.js';

/** Larger than any number JavaScript holds: 2^63-1. */
const LARGEST = '9223372036854775807';

export const mounts: HostileTree = {
  name: 'mounts',
  about: 'other file systems below, the same one again, itself below itself, inodes beyond 2^63',
  needsRoot: true,
  build(directory) {
    const at = (name: string) => `${directory.path}/${name}`;
    directory.mount(
      'tmpfs',
      ['-t', 'tmpfs', '-o', 'size=4m', 'none'],
      (inner) => {
        inner.file('largest');
        inner.command('largest', 'truncate', ['-s', LARGEST]);
        inner.file('before-1970', { time: -1.5 });
        inner.file('last', { time: 2 ** 62 });
        inner.file('first');
        inner.command('first', 'touch', ['-d', `@-${2n ** 62n}`]);
        inner.directory('below', {}, (below) => below.file('file'));
      },
      (hidden) => hidden.file('hidden-below-the-mount'),
    );
    directory.directory('source', {}, (inner) => inner.file('one'));
    directory.mount('bind', ['--bind', at('source')], (inner) => inner.existing('one'));
    directory.directory('loop', {}, (loop) => {
      loop.file('file');
      // The bind mount shows the directory as it is without the mount.
      loop.mount('again', ['--bind', at('loop')], (again) => {
        again.existing('file');
        again.existing('again', () => {});
      });
    });
    for (const layer of ['lower-a', 'lower-b', 'upper']) {
      directory.mount(layer, ['-t', 'tmpfs', '-o', 'size=1m', 'none'], (inner) => {
        if (layer === 'upper') {
          inner.directory('changes');
          inner.directory('work', {}, (work) => work.directory('work'));
        } else {
          inner.file(`from-${layer}`);
        }
      });
    }
    const layers = `lowerdir=${at('lower-a')}:${at('lower-b')},upperdir=${at('upper/changes')},workdir=${at('upper/work')},xino=on`;
    directory.mount('overlay', ['-t', 'overlay', '-o', layers, 'none'], (inner) => {
      inner.existing('from-lower-a');
      inner.existing('from-lower-b');
    });
  },
};
