#!/usr/bin/env node
// walk-contestants.mjs NAME ROOT: one walk of names and types with everything consumed, and what the floor
// prints: entries and the walk's own time, without the start of Node and the loading of code.
import { readdirSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Each is loaded first, and is then a function that walks a root and says how many entries it was handed. */
const walkers = {
  async 'pwalk walk()'() {
    const { walk } = await import('../packages/native-walker/dist/index.js');
    return (root) => consume(walk(root, { readAhead: true }));
  },
  async 'pwalk walkSync()'() {
    const { walkSync } = await import('../packages/native-walker/dist/index.js');
    return (root) => consume(walkSync(root, { readAhead: true }));
  },
  async 'readdirSync, recursion'() {
    return (root) => {
      let entries = 0;
      const visit = (directory) => {
        const [dirnames, filenames] = [[], []];
        for (const entry of readdirSync(directory, { withFileTypes: true })) {
          if (entry.isDirectory()) dirnames.push(entry.name);
          else filenames.push(entry.name);
        }
        entries += dirnames.length + filenames.length;
        for (const name of dirnames) visit(`${directory}/${name}`);
      };
      visit(root);
      return entries;
    };
  },
  async 'fs.promises.opendir, recursion'() {
    return async (root) => {
      let entries = 0;
      const visit = async (directory) => {
        const [dirnames, filenames] = [[], []];
        for await (const entry of await opendir(directory)) {
          if (entry.isDirectory()) dirnames.push(entry.name);
          else filenames.push(entry.name);
        }
        entries += dirnames.length + filenames.length;
        for (const name of dirnames) await visit(`${directory}/${name}`);
      };
      await visit(root);
      return entries;
    };
  },
  async fdir() {
    const { fdir } = await import('fdir');
    return async (root) => {
      const crawler = new fdir().withFullPaths().withDirs().group().crawl(root);
      // A group is a directory and the files in it; each directory is an entry of another, but the root.
      return (await crawler.withPromise()).reduce((sum, { files }) => sum + files.length + 1, -1);
    };
  },
  async '@nodelib/fs.walk'() {
    const { walk } = await import('@nodelib/fs.walk');
    return (root) =>
      new Promise((resolve, reject) => {
        walk(root, (error, entries) => (error ? reject(error) : resolve(entries.length)));
      });
  },
};

export const walkerNames = Object.keys(walkers);

async function consume(steps) {
  let entries = 0;
  for await (const [, dirnames, filenames] of steps) entries += dirnames.length + filenames.length;
  return entries;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, root] = process.argv.slice(2);
  const walker = await walkers[name]();
  const start = performance.now();
  const before = process.cpuUsage();
  const entries = await walker(root);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ entries, seconds, cpuSeconds: (user + system) / 1e6 }));
}
