/** Imports a plugin's module. Alone in its file, so that `import-hooks.ts` knows what is imported here. */
export function importPlugin(url: string): Promise<unknown> {
  return import(url);
}
