import { deepTrees } from './deep.js';
import { empty } from './empty.js';
import { hardLinks } from './hard-links.js';
import type { HostileTree } from './hostile-tree.js';
import { modes } from './modes.js';
import { mounts } from './mounts.js';
import { nameTrees } from './names.js';
import { permissions } from './permissions.js';
import { sizes } from './sizes.js';
import { snapshots } from './snapshots.js';
import { specials } from './specials.js';
import { symlinks } from './symlinks.js';
import { times } from './times.js';
import { wide } from './wide.js';

/** Every tree by its name. */
export const hostileTrees = {
  ...nameTrees,
  ...deepTrees,
  wide,
  empty,
  'hard-links': hardLinks,
  symlinks,
  specials,
  modes,
  permissions,
  sizes,
  times,
  snapshots,
  mounts,
} as const satisfies Readonly<Record<string, HostileTree>>;

export type TreeName = keyof typeof hostileTrees;
