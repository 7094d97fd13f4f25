import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PwalkError } from '../errors/pwalk-error.js';
import { homeDirectory, xdgDirectory } from '../io/home-directory.js';
import { escapeText } from '../text/escape.js';
import { checkFoundByUs, isRoot } from './trusted-file.js';

/** Names a config may have, in the order they are looked for in a directory. */
export const configNames: readonly string[] = [
  'pwalk.config.ts',
  'pwalk.config.mts',
  'pwalk.config.mjs',
  'pwalk.config.js',
  'pwalk.config.json',
  'pwalk.config.yaml',
  'pwalk.config.yml',
];

export interface SearchOptions {
  /** As given with `--config`. */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly asRoot: boolean;
}

/**
 * The config to load: `file`, else `PWALK_CONFIG`, else the first found in the working directory and
 * upward to home, in `$XDG_CONFIG_HOME/pwalk` and in `/etc/pwalk`. Root does not search the working
 * directory: it may be anybody's.
 * @throws PwalkError `PWALK_CONFIG_MISSING`, or `PWALK_UNTRUSTED` for one that another user put there
 */
export async function findConfig(options: Partial<SearchOptions> = {}): Promise<string> {
  const { cwd = process.cwd(), environment = process.env } = options;
  const named = options.file ?? environment.PWALK_CONFIG;
  if (named !== undefined && named !== '') {
    const file = resolve(cwd, named);
    if (await exists(file)) return file;
    const whose = options.file === undefined ? 'PWALK_CONFIG names' : '--config names';
    throw new PwalkError(
      'PWALK_CONFIG_MISSING',
      `There is no config file "${escapeText(named)}", which ${whose}; check the path.`,
      { path: file },
    );
  }
  const directories = configDirectories({
    cwd,
    home: options.home ?? homeDirectory(environment),
    environment,
    asRoot: options.asRoot ?? isRoot(),
  });
  for (const directory of directories) {
    for (const name of configNames) {
      const file = join(directory, name);
      if (!(await exists(file))) continue;
      checkFoundByUs(file);
      return file;
    }
  }
  throw new PwalkError(
    'PWALK_CONFIG_MISSING',
    (options.asRoot ?? isRoot())
      ? `There is no pwalk.config.* in ${directories.map(escapeText).join(' or ')}, and root does not search the working directory; name one with --config.`
      : 'There is no pwalk.config.ts, .mts, .mjs, .js, .json or .yaml here or above; write one with `pwalk init`, or name one with --config.',
  );
}

/** The directories to search, in their order. */
export function configDirectories(search: Omit<SearchOptions, 'file'>): string[] {
  const { cwd, home, environment, asRoot } = search;
  const upward: string[] = [];
  if (!asRoot) {
    for (let at = resolve(cwd); ; at = dirname(at)) {
      upward.push(at);
      if (at === home || at === dirname(at)) break;
    }
  }
  const own = { variable: 'XDG_CONFIG_HOME', below: '.config' };
  return [...upward, join(xdgDirectory(own, home, environment), 'pwalk'), '/etc/pwalk'];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
