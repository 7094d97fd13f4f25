import { statSync } from 'node:fs';
import { ExcludeMatcher } from '../exclude/exclude-matcher.js';
import { excludeRules } from '../exclude/exclude-rules.js';
import type { PruneOptions } from '../prune-options.js';
import { mountRules } from './mount-points.js';
import { bytesCodec, type NameCodec, type WalkName } from './name-codec.js';
import type { Prune } from './traversal.js';

/**
 * What `PruneOptions` leave out of a walk, in both orders. What is excluded is taken out of the step; what is
 * too deep, on another file system or a link to a directory above itself stays in it and is not entered.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export function pruneSteps<Name extends WalkName>(
  top: Buffer,
  options: PruneOptions,
  codec: NameCodec<Name>,
): Prune<Name> {
  const {
    oneFileSystem = false,
    includePseudo = false,
    followSymlinks = false,
    maxDepth = Number.POSITIVE_INFINITY,
  } = options;
  const rules = excludeRules(options);
  const excludes = rules.patterns.length > 0 || rules.paths.length > 0;
  const matcher = new ExcludeMatcher(rules);
  const mounts = mountRules(top, { oneFileSystem, includePseudo });
  // As paths are printed: nothing between a top that ends in a slash and a name.
  const topLength = top.at(-1) === 0x2f ? top.length : top.length + 1;

  return ([dirpath, dirnames, filenames], depth, linked) => {
    const path = codec.toBytes(dirpath);
    const pathOf = (name: Name) => bytesCodec.join(path, codec.toBytes(name));
    const isLinked = new Set(linked.map((index) => dirnames[index]));
    if (excludes) {
      const keeps = (isDirectory: boolean) => (name: Name) => {
        const whole = pathOf(name);
        return !matcher.excludes(whole, whole.subarray(topLength), isDirectory);
      };
      // A link is no directory to a pattern that ends in a slash.
      keep(dirnames, (name) => keeps(!isLinked.has(name))(name));
      keep(filenames, keeps(false));
    }
    if (depth + 1 >= maxDepth) return dirnames;
    return dirnames.filter((name) => {
      const linked = isLinked.has(name);
      // First: looking at a link to an automount has it mounted.
      if (mounts?.bars(pathOf(name), linked)) return true;
      return linked && followSymlinks && leadsUpward(pathOf(name), path, topLength);
    });
  };
}

function keep<Name>(names: Name[], keeps: (name: Name) => boolean): void {
  const kept = names.filter(keeps);
  if (kept.length === names.length) return;
  names.length = 0;
  for (const name of kept) names.push(name);
}

/** Whether a link in `directory` leads to that directory or to one above it, up to the top. */
function leadsUpward(link: Buffer, directory: Buffer, topLength: number): boolean {
  const target = identity(link);
  if (target === null) return false;
  for (
    let end = directory.length;
    end >= topLength - 1;
    end = directory.lastIndexOf('/', end - 1)
  ) {
    if (identity(directory.subarray(0, end || 1)) === target) return true;
    if (end === 0) break;
  }
  return false;
}

function identity(path: Buffer): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return null;
  }
}
