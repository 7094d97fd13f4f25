// deep-tree.mjs ROOT LEVELS make|remove: directories named "d" in each other, deeper than a path can be.
import { mkdirSync, rmdirSync } from 'node:fs';

const [root, levels, verb] = process.argv.slice(2);
process.chdir(root);
for (let level = 0; level < Number(levels); level++) {
  if (verb === 'make') mkdirSync('d');
  process.chdir('d');
}
for (let level = 0; verb === 'remove' && level < Number(levels); level++) {
  process.chdir('..');
  rmdirSync('d');
}
