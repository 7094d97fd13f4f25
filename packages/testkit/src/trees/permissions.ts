import type { HostileTree } from './hostile-tree.js';

export const permissions: HostileTree = {
  name: 'permissions',
  about:
    'directories that an ordinary user may not list, or list but not look into, or the reverse',
  build(directory) {
    for (const [name, mode] of [
      ['nothing', 0o000],
      ['search-only', 0o711],
      ['list-only', 0o744],
      ['write-only', 0o722],
      ['owner-only', 0o700],
      ['all', 0o755],
    ] as const) {
      directory.directory(name, { mode }, (inner) => {
        inner.file('file', { content: 'hidden' });
        inner.file(Buffer.from([0xff]));
        inner.symlink('symlink', 'file');
        inner.directory('below', { mode: 0o755 }, (below) => below.file('deeper'));
      });
    }
    directory.file('unreadable-file', { mode: 0o000 });
    if (process.geteuid?.() !== 0) return;
    // The rights of the owner and of the group, not those of others, are what counts for them.
    const nobody = 65534;
    directory.directory('of-nobody-who-may-not', { uid: nobody, mode: 0o077 }, (inner) =>
      inner.file('file'),
    );
    directory.directory('of-the-group-that-may-not', { gid: nobody, mode: 0o707 }, (inner) =>
      inner.file('file'),
    );
    directory.directory('of-nobody-who-may', { uid: nobody, mode: 0o700 }, (inner) =>
      inner.file('file'),
    );
  },
};
