import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PwalkError } from '../errors/pwalk-error.js';
import {
  type AnyPlugin,
  isStage,
  type Kind,
  pluginOf,
  type Stage,
  stageOf,
} from '../plugin/plugin.js';
import { escapeText } from '../text/escape.js';
import type { NamedStage, StageUse } from './define-config.js';
import { evaluateModule, resolveImport } from './evaluate-module.js';
import { importPlugin } from './import-plugin.js';
import { checkTrusted, isRoot, readTrusted } from './trusted-file.js';
import { watchImports } from './watch-imports.js';

/** Plugins that need not be installed, by name; each is loaded when it is named. */
export type BuiltIns = Readonly<Record<string, () => Promise<unknown>>>;

/** Where plugins are looked up. */
export interface Lookup {
  /** Directory of the config file. */
  readonly directory: string;
  readonly builtIns: BuiltIns;
}

/**
 * The stage that a config names; null for one that is left out.
 * @throws PwalkError `PWALK_PLUGIN_MISSING`, `PWALK_PLUGIN_INVALID`, `PWALK_UNTRUSTED`
 */
export async function resolveStage<K extends Kind>(
  kind: K,
  use: StageUse<K>,
  lookup: Lookup,
): Promise<Stage<K> | null> {
  if (use === undefined || use === null || use === false) return null;
  const stage = isStage(use) ? use : stageOf(await findPlugin(kind, use, lookup), use.options);
  if (!isOfKind(stage, kind)) {
    throw new PwalkError(
      'PWALK_PLUGIN_INVALID',
      `"${stage.name}" is ${article(stage.kind)} and does not belong among the ${kind}s; move it to the ${stage.kind}s.`,
      { plugin: stage.name },
    );
  }
  return stage;
}

function isOfKind<K extends Kind>(stage: Stage, kind: K): stage is Stage<K> {
  return stage.kind === kind;
}

function article(kind: Kind): string {
  return kind === 'action' ? 'an action' : `a ${kind}`;
}

/** The plugin of that name: built in, a file, or a package. */
async function findPlugin(
  kind: Kind,
  { use }: NamedStage,
  lookup: Lookup,
): Promise<AnyPlugin<Kind>> {
  const [, name = use, exported] = /^([^#]+)#(.+)$/.exec(use) ?? [];
  const builtIn = Object.hasOwn(lookup.builtIns, name) ? lookup.builtIns[name] : undefined;
  if (builtIn !== undefined) return choose(kind, use, { default: await builtIn() }, exported);
  return choose(kind, use, await loadPlugin(name, lookup), exported);
}

/**
 * Loads the module of a plugin that is not built in.
 * @throws PwalkError `PWALK_PLUGIN_MISSING` when it is not there, `PWALK_PLUGIN_FAILED` when it throws
 */
export async function loadPlugin(name: string, { directory, builtIns }: Lookup): Promise<unknown> {
  const isFile = /^\.\.?\//.test(name) || isAbsolute(name);
  const file = isFile ? resolve(directory, name) : resolvePackage(name, directory, builtIns);
  try {
    // TypeScript beside the config is compiled; in packages and in JavaScript Node itself finds its way.
    if (isFile && /\.m?ts$/.test(file)) {
      const { path, text } = readTrusted(file);
      return await evaluateModule(path, text);
    }
    checkTrusted(file);
    if (isRoot()) watchImports();
    return await importPlugin(pathToFileURL(file).href);
  } catch (error) {
    throw loadFailure(name, file, error);
  }
}

function loadFailure(name: string, file: string, error: unknown): PwalkError {
  if (error instanceof PwalkError) return error;
  const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    return new PwalkError(
      'PWALK_PLUGIN_MISSING',
      `There is no plugin file "${escapeText(file)}"; check the path, which begins at the config file.`,
      { path: file, cause: error },
    );
  }
  if (code === 'PWALK_UNTRUSTED')
    return new PwalkError('PWALK_UNTRUSTED', `${reason}`, { path: file, cause: error });
  return new PwalkError(
    'PWALK_PLUGIN_FAILED',
    `Plugin "${escapeText(name)}" cannot be loaded: ${escapeText(reason ?? '')}.`,
    { plugin: name, hook: 'import', path: file, cause: error },
  );
}

/** The file a package's name stands for, as seen from the config: with the conditions of `import`. */
function resolvePackage(name: string, directory: string, builtIns: BuiltIns): string {
  const from = join(directory, 'pwalk.config.mjs');
  try {
    return resolveImport(name, from);
  } catch (cause) {
    throw new PwalkError(
      'PWALK_PLUGIN_MISSING',
      `There is no plugin "${escapeText(name)}": it is not built in (${Object.keys(builtIns).join(', ')}), and no package of that name is installed where ${escapeText(directory)} would find it; install it with \`npm install ${escapeText(name)}\`, or begin a file's path with "./".`,
      { plugin: name, cause },
    );
  }
}

/** Picks the plugin out of what a module exports. */
function choose(kind: Kind, use: string, module: unknown, exported?: string): AnyPlugin<Kind> {
  const exports: ReadonlyMap<string, unknown> =
    typeof module === 'object' && module !== null ? new Map(Object.entries(module)) : new Map();
  const plugins = [...exports].flatMap(([name, value]) => {
    const plugin = pluginOf(value);
    return plugin === null ? [] : [{ name, plugin }];
  });
  const fitting = plugins.filter(({ plugin }) => plugin.kind === kind);
  const chosen =
    exported === undefined
      ? (plugins.find(({ name }) => name === 'default') ??
        (fitting.length === 1 ? fitting[0] : undefined))
      : plugins.find(({ name }) => name === exported);
  if (chosen !== undefined) return chosen.plugin;
  const choices = fitting.map(
    ({ name }) => `"${escapeText(use.split('#')[0] ?? use)}#${escapeText(name)}"`,
  );
  throw new PwalkError(
    choices.length > 0 ? 'PWALK_PLUGIN_INVALID' : 'PWALK_PLUGIN_MISSING',
    choices.length > 0
      ? `"${escapeText(use)}" has several plugins of the kind ${kind}; choose ${choices.join(' or ')}.`
      : `"${escapeText(use)}" exports no ${kind}; a plugin is what definePlugin() returns, exported by default or by name.`,
    { plugin: use },
  );
}
