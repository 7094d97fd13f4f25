import { register } from 'node:module';

let watched = false;

/**
 * From now on everything that a config or a plugin imports is refused unless it is root's, as they
 * themselves are: see `import-hooks.ts`, which Node runs on a thread of its own. Called as root only.
 */
export function watchImports(): void {
  if (watched) return;
  watched = true;
  const untrusted = [import.meta.resolve('jiti'), import.meta.resolve('./import-plugin.js')];
  register('./import-hooks.js', import.meta.url, { data: { untrusted } });
}
