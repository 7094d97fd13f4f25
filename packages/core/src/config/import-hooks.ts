import type { InitializeHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { checkTrusted } from './trusted-file.js';

/** Modules whose imports are checked: at first the two that import configs and plugins. */
const untrusted = new Set<string>();

export const initialize: InitializeHook<{ untrusted: readonly string[] }> = (data) => {
  for (const url of data.untrusted) untrusted.add(url);
};

/** Checks what an untrusted module imports, and then what that imports. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  if (context.parentURL !== undefined && untrusted.has(context.parentURL)) {
    if (resolved.url.startsWith('file:')) checkTrusted(fileURLToPath(resolved.url));
    untrusted.add(resolved.url);
  }
  return resolved;
};
