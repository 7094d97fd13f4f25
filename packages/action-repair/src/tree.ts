import { getSystemErrorMap } from 'node:util';
import { escapeText, type FileIdentity, PwalkError } from '@pwalk/core';
import { type AddonTree, loadAddon, rootRefusals, type TreeDescription } from './addon.js';
import { ProtectedMounts } from './protected-mounts.js';
import { protection } from './protected-paths.js';

/** The root of a repair: held open, and known not to be one of the system's own directories. */
export interface Tree extends TreeDescription {
  readonly addon: AddonTree;
  /** For messages: escaped. */
  readonly shown: string;
}

/**
 * Opens the directory to repair below, following no symbolic link.
 * @param own files of this run, which are left out wherever they are met
 * @throws PwalkError `PWALK_PATH_REFUSED` for what must not be repaired, `PWALK_ROOT_MISSING` and
 * `PWALK_OPTIONS_INVALID` for what is no directory
 */
export function openTree(path: Uint8Array, own: readonly FileIdentity[] = []): Tree {
  const { Tree: AddonTree } = loadAddon();
  const addon = new AddonTree(path, protection(own));
  const description = addon.describe();
  const shown = escapeText(path);
  const refused = (reason: string, remedy: string) =>
    new PwalkError('PWALK_PATH_REFUSED', `"${shown}" is not repaired: ${reason}. ${remedy}`, {
      path: shown,
    });
  const elsewhere = "Name the directory that is shared, not the system's.";
  switch (rootRefusals[description.refusal]) {
    case 'none':
      break;
    case 'unreachable': {
      const [code, text] = getSystemErrorMap().get(-description.errno) ?? ['unknown', 'error'];
      throw new PwalkError(
        'PWALK_ROOT_MISSING',
        `Cannot repair "${shown}": ${text} (${code}). Check the path.`,
      );
    }
    case 'symbolic_link':
      throw refused(
        'it is a symbolic link, or goes through one',
        'Give the path without links, as `realpath` prints it.',
      );
    case 'not_a_directory':
      throw new PwalkError(
        'PWALK_OPTIONS_INVALID',
        `"${shown}" is not a directory; a repair is given the directory to work below.`,
      );
    case 'inside_protected':
      throw refused("it is inside one of the system's own directories", elsewhere);
    case 'above_protected':
      throw refused("the system's own directories are below it", elsewhere);
    default:
      throw refused("it is one of the system's own directories, whatever its name here", elsewhere);
  }
  if (new ProtectedMounts().hasDirectory(description.status.mntId, description.path))
    throw refused(
      "one of the system's own directories is mounted there, or what is in one",
      elsewhere,
    );
  if (!description.hasProc) {
    throw new PwalkError(
      'PWALK_APPLY_REFUSED',
      'A repair needs /proc to read access control lists and capabilities; mount it.',
    );
  }
  return { ...description, addon, shown };
}
