import type { HostileTree } from './hostile-tree.js';

export const symlinks: HostileTree = {
  name: 'symlinks',
  about: 'links that dangle, loop, lead out, up or nowhere legal; none is to be followed',
  build(directory) {
    directory.file('file', { content: 'target' });
    directory.directory('directory', {}, (inner) => {
      inner.file('inside');
      inner.symlink('up', '..');
      inner.symlink('self', '.');
      inner.symlink('twice-up', '../../symlinks');
    });
    directory.symlink('to-file', 'file');
    directory.symlink('to-file-with-slash', 'file/');
    directory.symlink('to-directory', 'directory');
    directory.symlink('to-directory-with-slash', 'directory/');
    directory.symlink('to-itself', 'to-itself');
    directory.symlink('ping', 'pong');
    directory.symlink('pong', 'ping');
    directory.symlink('dangling', 'no/such/entry');
    directory.symlink('below-a-file', 'file/below');
    directory.symlink('absolute-root', '/');
    directory.symlink('absolute-etc', '/etc');
    directory.symlink('absolute-here', directory.path);
    directory.symlink('far-up', '../'.repeat(40));
    directory.symlink('magic-cwd', '/proc/self/cwd');
    directory.symlink('magic-stdin', '/proc/self/fd/0');
    directory.symlink('bytes', Buffer.from([0xff, 0x0a, 0x1b, 0x5b, 0x6d]));
    directory.symlink('longest', 't'.repeat(4095));
    directory.symlink('longest-valid', `${'./'.repeat(2045)}file`);
    // Shorter targets are kept in the inode by ext4 and others, longer ones in a block.
    for (const length of [59, 60, 61]) directory.symlink(`length-${length}`, 'f'.repeat(length));
    // The kernel follows forty.
    let previous = 'file';
    for (let i = 1; i <= 45; i++) {
      directory.symlink(`chain-${i}`, previous);
      previous = `chain-${i}`;
    }
  },
};
