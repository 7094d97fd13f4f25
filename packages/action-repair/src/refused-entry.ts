import { escapeText, PwalkError } from '@pwalk/core';

/** The tree holds one of the system's own directories: a bind mount, most likely. */
export class PathRefused extends PwalkError {
  constructor(path: string) {
    super(
      'PWALK_PATH_REFUSED',
      `"${escapeText(path)}" is one of the system's own directories, or in one, inside the tree to repair; nothing was changed. Unmount it, or repair the directories beside it.`,
      { path },
    );
  }
}
