import { isAutomount, isPseudo, type Mount, Mounts } from '../mounts.js';

/** Which directories not to enter because of what is mounted there; asked with their paths. */
export interface MountRules {
  /** @param linked whether the path is a symbolic link */
  bars(path: Buffer, linked: boolean): boolean;
}

/**
 * Rules for a walk from `top`, as of a scan; null where there is no such directory, or where the kernel does not tell
 * what is mounted. Places that mount something when they are opened are barred always.
 */
export function mountRules(
  top: Buffer,
  { oneFileSystem, includePseudo }: { oneFileSystem: boolean; includePseudo: boolean },
): MountRules | null {
  const mounts = Mounts.read();
  const home = mounts?.of(top) ?? null;
  if (mounts === null || home === null) return null;
  const isBarred = (mount: Mount) =>
    isAutomount(mount) ||
    (mount !== home && (oneFileSystem || (!includePseudo && isPseudo(mount))));
  return {
    bars(path, linked) {
      // In a map of automounts each directory may be one.
      const mount = linked || isAutomount(home) ? mounts.of(path) : mounts.at(path);
      return mount !== null && isBarred(mount);
    },
  };
}
