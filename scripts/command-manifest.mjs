#!/usr/bin/env node
// command-manifest.mjs: writes the oclif.manifest.json of the package in the working directory, the
// list of its commands and flags. With it a command starts without looking for, and loading, the others.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Writes the list of the commands of the package in that directory. */
export async function writeManifest(root) {
  const { Plugin } = createRequire(join(process.cwd(), 'package.json'))('@oclif/core');
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  });
  await plugin.load();
  writeFileSync(join(root, 'oclif.manifest.json'), JSON.stringify(plugin.manifest));
}

if (resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await writeManifest(process.cwd());
