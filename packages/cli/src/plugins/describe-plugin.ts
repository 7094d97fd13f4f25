import { type AnyPlugin, escapeText, type Kind, pluginOf } from '@pwalk/core';

/** A plugin that a module exports. */
export interface FoundPlugin {
  /** The export it has; `default` for the default one. */
  readonly exported: string;
  readonly plugin: AnyPlugin<Kind>;
}

/** Every plugin that a module exports; one that is exported twice is listed once. */
export function pluginsOf(module: unknown): FoundPlugin[] {
  const found = new Map<AnyPlugin<Kind>, FoundPlugin>();
  if (typeof module !== 'object' || module === null) return [];
  for (const [exported, value] of Object.entries(module)) {
    const plugin = pluginOf(value);
    if (plugin !== null && !found.has(plugin)) found.set(plugin, { exported, plugin });
  }
  return [...found.values()];
}

/** One line: `sink    parquet    for @pwalk/core ^0.1.0`. */
export function pluginLine({ kind, name, pwalk }: AnyPlugin<Kind>, use: string): string {
  const of = use === name ? '' : ` (${escapeText(name)})`;
  return `${kind.padEnd(7)} ${escapeText(use)}${of}, for @pwalk/core ${escapeText(pwalk)}`;
}
