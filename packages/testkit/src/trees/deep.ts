import type { HostileTree } from './hostile-tree.js';

/** A chain of directories with a file at its end, in its middle, and a sibling at every tenth level. */
function chain(name: string, about: string, link: string | Buffer, levels: number): HostileTree {
  return {
    name,
    about,
    build(directory) {
      directory.chain(link, levels, (inner, level) => {
        if (level === levels || level === levels >> 1) inner.file('leaf', { content: 'deep' });
        if (level % 10 === 0) inner.directory('beside', {}, (sibling) => sibling.file('file'));
      });
    },
  };
}

export const deepTrees = {
  'deep-wide': chain(
    'deep-wide',
    'paths twice as long as PATH_MAX with few levels',
    'w'.repeat(250),
    33,
  ),
  'deep-narrow': chain('deep-narrow', 'many levels: recursion, descriptors', 'd', 1000),
  'deep-quotes': chain(
    'deep-quotes',
    'paths below PATH_MAX that are above it once they are quoted or escaped',
    Buffer.from(`"\u001b${'"'.repeat(253)}`),
    14,
  ),
} as const;
