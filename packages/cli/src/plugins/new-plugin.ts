import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE_VERSION, escapeText, type Kind, PwalkError } from '@pwalk/core';

export const kinds: readonly Kind[] = ['source', 'filter', 'sink', 'action'];

const templates = fileURLToPath(new URL('../templates/plugin', import.meta.url));

export interface NewPlugin {
  readonly kind: Kind;
  /** Name of the package: `pwalk-sink-x`, `@scope/pwalk-sink-x`. */
  readonly name: string;
  /** Where to; the last part of the name below the working directory when not given. */
  readonly directory?: string | undefined;
}

/**
 * Copies the template of a kind into a new directory.
 * @returns its path
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when the name does not do, or the directory is there
 */
export function newPlugin({ kind, name, directory }: NewPlugin): string {
  const [, short] =
    new RegExp(`^(?:@[a-z0-9][a-z0-9._-]*/)?pwalk-${kind}-([a-z0-9][a-z0-9-]*)$`).exec(name) ?? [];
  if (short === undefined) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `"${escapeText(name)}" is no name for a ${kind}; packages are called pwalk-${kind}-x or @scope/pwalk-${kind}-x, in small letters, digits and hyphens.`,
    );
  }
  const target = resolve(directory ?? basename(name));
  if (existsSync(target)) {
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `"${escapeText(target)}" is there already and was left as it is; give another --directory.`,
      { path: target },
    );
  }
  const words: Readonly<Record<string, string>> = {
    __package__: name,
    __name__: short,
    __identifier__: identifier(short),
    __kind__: kind,
    __version__: CORE_VERSION,
  };
  cpSync(join(templates, 'common'), target, { recursive: true });
  cpSync(join(templates, kind), target, { recursive: true });
  // npm leaves files called .gitignore out of packages, so the template's has another name.
  renameSync(join(target, 'gitignore'), join(target, '.gitignore'));
  fillIn(target, words);
  return target;
}

function identifier(short: string): string {
  const camel = short.replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^[a-z][a-zA-Z0-9]*$/.test(camel) ? camel : `plugin${camel.replace(/[^a-zA-Z0-9]/g, '')}`;
}

function fillIn(directory: string, words: Readonly<Record<string, string>>): void {
  for (const item of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!item.isFile()) continue;
    const path = join(item.parentPath, item.name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(/__[a-z]+__/g, (word) => words[word] ?? word),
    );
  }
}
