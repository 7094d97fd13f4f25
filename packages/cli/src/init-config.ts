import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeText, PwalkError } from '@pwalk/core';

export const initFormats = ['mjs', 'ts', 'yaml'] as const;
export type InitFormat = (typeof initFormats)[number];

/**
 * Writes a commented config that runs as it is.
 * @returns its path
 * @throws PwalkError `PWALK_OUTPUT_OPEN` when one is there, or none can be written
 */
export function initConfig(directory: string, format: InitFormat): string {
  const there = ['ts', 'mts', 'mjs', 'js', 'json', 'yaml', 'yml']
    .map((extension) => join(directory, `pwalk.config.${extension}`))
    .find(existsSync);
  if (there !== undefined) {
    throw new PwalkError(
      'PWALK_OUTPUT_OPEN',
      `"${escapeText(there)}" is there already and was left as it is; move it away to start anew.`,
      { path: there },
    );
  }
  const path = join(directory, `pwalk.config.${format}`);
  try {
    writeFileSync(path, format === 'yaml' ? yaml : code, { flag: 'wx' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PwalkError('PWALK_OUTPUT_OPEN', `Cannot write the config: ${escapeText(reason)}.`, {
      path,
      cause: error,
    });
  }
  return path;
}

const code = `// What \`pwalk run\` does here. \`pwalk explain\` shows it, \`pwalk run /other/path\` walks that instead.
// All options: docs/guide/configuration.md
import { defineConfig, parquet } from 'pwalk';

export default defineConfig({
  // What to walk, relative to the working directory.
  roots: ['.'],

  // Entries that are wanted; without filters, all.
  // filters: [where('size > 1GiB and mtime < now - 2y')], // import { where } from 'pwalk'

  // Where they go; one walk for all of them.
  sinks: [parquet({ path: 'scan.parquet' })],

  // Memory beyond what Node takes.
  // memory: '256MiB',

  // End with status 4 when an entry came through the filters: for checks.
  // failOnMatch: true,
});
`;

const yaml = `# What \`pwalk run\` does here. \`pwalk explain\` shows it, \`pwalk run /other/path\` walks that instead.
# All options: docs/guide/configuration.md

# What to walk, relative to the working directory.
roots: ['.']

# Entries that are wanted; without filters, all.
# filters:
#   - use: where
#     options: size > 1GiB and mtime < now - 2y

# Where they go; one walk for all of them. \`pwalk plugins list\` names what is built in.
sinks:
  - use: parquet
    options: { path: scan.parquet }

# Memory beyond what Node takes.
# memory: 256MiB

# End with status 4 when an entry came through the filters: for checks.
# failOnMatch: true
`;
