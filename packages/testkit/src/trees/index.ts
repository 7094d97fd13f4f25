export { type BuiltTrees, buildTrees } from './build-trees.js';
export { compareRows, type Row } from './compare-rows.js';
export type { DirectoryBuilder, Owned } from './directory-builder.js';
export { type ExpectedRow, expectedRows, type View } from './expected-rows.js';
export type { HostileTree } from './hostile-tree.js';
export { hostileTrees, type TreeName } from './hostile-trees.js';
export { type EntryStat, type ManifestEntry, readManifest } from './manifest.js';
