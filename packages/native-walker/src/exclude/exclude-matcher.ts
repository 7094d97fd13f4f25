import type { ExcludeRules } from './exclude-rules.js';
import { Glob } from './glob.js';

/** Any number of directories. */
const anyDirectories = '**';

interface Rule {
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  /** Of a rule that is matched against the path below the root; else one, for the name. */
  readonly segments: readonly (Glob | typeof anyDirectories)[];
  readonly anchored: boolean;
}

/** The rules for walkers in TypeScript, as `exclude_rules.cpp` has them. */
export class ExcludeMatcher {
  /** The last first. */
  readonly #rules: readonly Rule[];
  readonly #paths: ReadonlySet<string>;

  constructor({ patterns, paths }: ExcludeRules) {
    this.#rules = patterns
      .map(({ glob, negated, directoriesOnly, anchored }) => ({
        negated,
        directoriesOnly,
        anchored,
        segments: (anchored ? glob.split('/') : [glob]).map((text) =>
          anchored && text === anyDirectories ? anyDirectories : new Glob(text),
        ),
      }))
      .reverse();
    this.#paths = new Set(paths);
  }

  /**
   * @param path as the walk prints it
   * @param below the part of it below the root
   */
  excludes(path: Buffer, below: Buffer, isDirectory: boolean): boolean {
    if (this.#paths.size > 0 && this.#paths.has(path.toString('latin1'))) return true;
    if (this.#rules.length === 0) return false;
    const components = below.toString('latin1').split('/');
    const name = components.slice(-1);
    const rule = this.#rules.find(
      ({ directoriesOnly, anchored, segments }) =>
        (!directoriesOnly || isDirectory) && matches(segments, anchored ? components : name),
    );
    return rule !== undefined && !rule.negated;
  }
}

/** Component by component; `**` takes any number of them, at the end at least one. */
function matches(segments: Rule['segments'], components: readonly string[]): boolean {
  let at = 0;
  let read = 0;
  let afterAny = -1;
  let anyRead = 0;
  for (let name = components[0]; name !== undefined; name = components[read]) {
    const segment = segments[at];
    if (segment === anyDirectories) {
      afterAny = ++at;
      anyRead = read;
      if (at === segments.length) return true;
    } else if (segment?.matches(name)) {
      at++;
      read++;
    } else if (afterAny >= 0) {
      at = afterAny;
      read = ++anyRead;
    } else {
      return false;
    }
  }
  return at === segments.length;
}
