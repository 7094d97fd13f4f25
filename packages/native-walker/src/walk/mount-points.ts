import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isPseudoFileSystem } from '../file-system-type.js';

/** Which directories not to enter because of what is mounted there; asked with their paths. */
export interface MountRules {
  /** @param linked whether the path is a symbolic link */
  bars(path: Buffer, linked: boolean): boolean;
}

/**
 * Rules for a walk from `top`, or null where there is no such directory.
 * Mounts are known by their place, so that a bind mount is one too. A followed link is on another file
 * system when it leads to another device.
 */
export function mountRules(
  top: Buffer,
  { oneFileSystem, includePseudo }: { oneFileSystem: boolean; includePseudo: boolean },
): MountRules | null {
  const places = oneFileSystem || !includePseudo ? mountPoints() : [];
  const real = realPath(top);
  const dev = deviceOf(top);
  if (real === null || dev === null) return null;
  // Also those beside the top, where followed links may lead.
  const mounts = new Set(places.filter((place) => place !== real));
  const names = new Set([...mounts].map((place) => place.slice(place.lastIndexOf('/') + 1)));
  return {
    bars(path, linked) {
      if (linked) {
        return (
          (oneFileSystem && deviceOf(path) !== dev) || (!includePseudo && isPseudoFileSystem(path))
        );
      }
      // Names first: what a path really is takes a system call for each of its components.
      if (!names.has(path.toString('latin1', path.lastIndexOf('/') + 1))) return false;
      const place = realPath(path);
      if (place === null || !mounts.has(place)) return false;
      return oneFileSystem || isPseudoFileSystem(path);
    },
  };
}

/** Where file systems are mounted; bytes, one character each. Nowhere, where the kernel does not tell. */
function mountPoints(): string[] {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'latin1');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const place = line.split(' ')[4];
    // Space, tab, newline and backslash are written as \040 and so on.
    const unescaped = place?.replace(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return unescaped === undefined ? [] : [unescaped];
  });
}

function realPath(path: Buffer): string | null {
  try {
    return realpathSync.native(path, 'buffer').toString('latin1');
  } catch {
    return null;
  }
}

function deviceOf(path: Buffer): bigint | null {
  try {
    return statSync(path, { bigint: true }).dev;
  } catch {
    return null;
  }
}
