import Module, { register } from 'node:module';
import { checkTrusted } from './trusted-file.js';

let watched = false;

/**
 * From now on everything that a config or a plugin imports is refused unless it is root's, as they
 * themselves are: see `import-hooks.ts`, which Node runs on a thread of its own, and which sees no
 * `require`. Called as root only.
 */
export function watchImports(): void {
  if (watched) return;
  watched = true;
  const untrusted = [import.meta.resolve('jiti'), import.meta.resolve('./import-plugin.js')];
  register('./import-hooks.js', import.meta.url, { data: { untrusted } });
  watchRequires();
}

/**
 * The same for `require`, and for what is imported and turns out to be CommonJS: Node loads each such
 * file, JSON and addons too, by this method, once, whoever asked for it. It is no public interface, but
 * the one that tools which compile or trace on the fly have replaced for ten years.
 */
function watchRequires(): void {
  const load: unknown = Reflect.get(Module.prototype, 'load');
  if (typeof load !== 'function') throw new TypeError('this Node has no Module.prototype.load');
  Reflect.set(Module.prototype, 'load', function (this: unknown, filename: string) {
    checkTrusted(filename);
    return Reflect.apply(load, this, [filename]);
  });
}
