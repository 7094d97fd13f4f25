import type { HostileTree } from './hostile-tree.js';

export const times: HostileTree = {
  name: 'times',
  about: 'times before 1970, with fractions, and after every end of the world',
  build(directory) {
    for (const [name, time] of [
      ['zero', 0],
      ['one-microsecond', 1e-6],
      ['minus-one-and-a-half', -1.5],
      ['minus-a-quarter', -0.25],
      ['year-1901', -(2 ** 31)],
      ['year-2038', 2 ** 31],
      ['year-2106', 2 ** 32 + 0.5],
      ['year-2262', 9_223_372_037],
      ['year-2446', 15_032_385_535],
      ['year-9999', 253_402_300_799],
      ['last', 2 ** 62],
      ['year-minus-271821', -8.64e12],
    ] as const) {
      directory.file(name, { time });
      directory.directory(`directory-${name}`, { time });
      directory.symlink(`symlink-${name}`, 'nowhere', { time });
    }
  },
};
