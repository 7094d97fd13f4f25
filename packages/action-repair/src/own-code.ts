import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * Where the code of the package around `directory` is, and that of the packages it loads: the outermost
 * node_modules of an installation; of a working copy each package, with what its own node_modules links to.
 */
export function codeAround(directory: string, found = new Set<string>()): ReadonlySet<string> {
  const whole = realOrNull(directory);
  if (whole === null) return found;
  const installation = installationOf(whole);
  const place = installation ?? packageOf(whole);
  if (found.has(place)) return found;
  found.add(place);
  if (installation !== null) return found;
  const linked = join(place, 'node_modules');
  for (const name of namesIn(linked)) {
    const names = name.startsWith('@')
      ? namesIn(join(linked, name)).map((one) => join(name, one))
      : [name];
    for (const one of names) codeAround(join(linked, one), found);
  }
  return found;
}

function installationOf(path: string): string | null {
  const components = path.split(sep);
  const at = components.indexOf('node_modules');
  return at < 0 ? null : components.slice(0, at + 1).join(sep);
}

/** The package a directory is in: the outermost of its name, as bundled code has a package.json of its own. */
function packageOf(directory: string): string {
  let found = directory;
  let name: string | null = null;
  for (let at = directory; at !== dirname(at); at = dirname(at)) {
    const here = nameOf(at);
    if (here === null) continue;
    if (name !== null && here !== name) break;
    name = here;
    found = at;
  }
  return found;
}

function nameOf(directory: string): string | null {
  try {
    return String(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).name);
  } catch {
    return null;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
