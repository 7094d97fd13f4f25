import { Flags } from '@oclif/core';
import type { PruneOptions } from '@pwalk/native-walker';
import { checkExact, exactArguments } from '../exact-arguments.js';

/** Which parts of the trees are walked: the same for every command that walks them. */
export const pruneFlags = {
  exclude: Flags.string({
    description:
      'leave out what matches; a GLOB without a slash matches names, one with a slash paths below PATH; several times for several',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'GLOB',
    helpGroup: 'PRUNE',
  }),
  'exclude-from': Flags.string({
    description: 'leave out what the patterns in FILE match, in gitignore form',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE',
    helpGroup: 'PRUNE',
  }),
  'exclude-paths': Flags.string({
    description: 'leave out the paths in FILE, one a line, exactly as they would be printed',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE',
    helpGroup: 'PRUNE',
  }),
  'one-file-system': Flags.boolean({
    char: 'x',
    description: 'do not enter what is mounted below PATH',
    helpGroup: 'PRUNE',
  }),
  'follow-symlinks': Flags.boolean({
    description: 'enter directories that symbolic links lead to, each directory once',
    helpGroup: 'PRUNE',
  }),
  'include-pseudo': Flags.boolean({
    description: 'enter proc, sysfs and their like below PATH',
    helpGroup: 'PRUNE',
  }),
  'max-depth': Flags.integer({
    description: 'levels below PATH; 0 for PATH alone, 1 for its entries too',
    min: 0,
    max: 2_147_483_647,
    helpValue: 'N',
    helpGroup: 'PRUNE',
  }),
};

/** The prune flags as oclif parsed them. */
export interface ParsedPruneFlags {
  readonly exclude: readonly string[] | undefined;
  readonly 'exclude-from': readonly string[] | undefined;
  readonly 'exclude-paths': readonly string[] | undefined;
  readonly 'one-file-system': boolean;
  readonly 'follow-symlinks': boolean;
  readonly 'include-pseudo': boolean;
  readonly 'max-depth': number | undefined;
}

/**
 * What the flags ask of a walk. Globs that are not UTF-8 keep their bytes.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function pruneSettings(flags: ParsedPruneFlags): PruneOptions {
  checkPatternFiles(flags);
  return {
    exclude: exactArguments(flags.exclude ?? []),
    excludeFrom: [...(flags['exclude-from'] ?? [])],
    excludePaths: [...(flags['exclude-paths'] ?? [])],
    oneFileSystem: flags['one-file-system'],
    followSymlinks: flags['follow-symlinks'],
    includePseudo: flags['include-pseudo'],
    maxDepth: flags['max-depth'],
  };
}

/**
 * Refuses names of files that another file would be read for.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function checkPatternFiles(
  flags: Partial<Pick<ParsedPruneFlags, 'exclude-from' | 'exclude-paths'>>,
): void {
  checkExact(
    [flags['exclude-from'], flags['exclude-paths']].flat(),
    'The name of a file of patterns or paths must be UTF-8; rename it.',
  );
}
