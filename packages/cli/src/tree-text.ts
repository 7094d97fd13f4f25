import { escapeText } from '@pwalk/core';
import { encodePath, type WalkStep } from '@pwalk/native-walker';
import { exactJson } from './exact-json.js';

/** How `pwalk walk` prints a tree. */
export interface TreeFormat {
  /** A path to walk, printed once: every other entry is printed with the directory that holds it. */
  top(path: string): string | Buffer;
  step(step: WalkStep): string | Buffer;
}

/** A path on a line, escaped. */
export const lines: TreeFormat = {
  top: (path) => `${shown(path)}\n`,
  step([dirpath, dirnames, filenames]) {
    const directory = shown(slashed(dirpath));
    let text = '';
    for (const name of dirnames) text += `${directory}${shown(name)}\n`;
    for (const name of filenames) text += `${directory}${shown(name)}\n`;
    return text;
  },
};

/** Exact paths, each followed by a NUL. */
export const nulTerminated: TreeFormat = {
  top: (path) => encodePath(`${path}\0`),
  step([dirpath, dirnames, filenames]) {
    const directory = slashed(dirpath);
    let text = '';
    for (const name of dirnames) text += `${directory}${name}\0`;
    for (const name of filenames) text += `${directory}${name}\0`;
    return encodePath(text);
  },
};

/** A JSON object a line for each directory; a byte that is not UTF-8 is as `\udcff`. */
export const jsonSteps: TreeFormat = {
  top: () => '',
  step: ([dirpath, dirnames, filenames]) => `${exactJson({ dirpath, dirnames, filenames })}\n`,
};

function slashed(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`;
}

/** Most names have nothing to escape. */
const plain = /^[ -[\]-~]*$/;

function shown(text: string): string {
  if (plain.test(text)) return text;
  return escapeText(/\p{Surrogate}/u.test(text) ? encodePath(text) : text);
}
