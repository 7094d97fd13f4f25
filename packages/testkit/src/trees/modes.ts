import type { HostileTree } from './hostile-tree.js';

const octal = (mode: number) => mode.toString(8).padStart(4, '0');

export const modes: HostileTree = {
  name: 'modes',
  about: 'every kind of mode, and owners up to the largest numbers',
  build(directory) {
    for (const mode of [
      0, 0o1, 0o44, 0o200, 0o444, 0o777, 0o1644, 0o2755, 0o4711, 0o6755, 0o7777,
    ]) {
      directory.file(`file-${octal(mode)}`, { mode });
    }
    for (const mode of [0, 0o111, 0o444, 0o700, 0o1777, 0o2770, 0o5755, 0o7777]) {
      directory.directory(`directory-${octal(mode)}`, { mode });
    }
    if (process.geteuid?.() !== 0) return;
    for (const [uid, gid] of [
      [12345, 54321],
      [65534, 65534],
      [2 ** 31, 2 ** 31],
      [2 ** 32 - 2, 2 ** 32 - 2],
    ]) {
      directory.file(`file-of-${uid}-${gid}`, { uid, gid, mode: 0o4750 });
      directory.directory(`directory-of-${uid}-${gid}`, { uid, gid, mode: 0o2750 });
      directory.symlink(`symlink-of-${uid}-${gid}`, 'file-0777', { uid, gid });
    }
  },
};
