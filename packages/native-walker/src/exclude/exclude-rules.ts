import { readFileSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { escapeText, PwalkError } from '@pwalk/core';
import { type ExcludePattern, excludePattern, patternError } from './exclude-pattern.js';
import { expandBraces } from './expand-braces.js';
import { ignoreFile, pathsFile } from './ignore-file.js';

/** Where the rules of a walk come from. */
export interface ExcludeOptions {
  readonly exclude?: readonly (string | Uint8Array)[] | undefined;
  readonly excludeFrom?: readonly string[] | undefined;
  readonly excludePaths?: readonly string[] | undefined;
}

/** What a walk leaves out; of the patterns the last that matches decides. Text is bytes, one character each. */
export interface ExcludeRules {
  readonly patterns: readonly ExcludePattern[];
  readonly paths: readonly string[];
}

/**
 * Reads the files and takes the patterns apart; patterns given directly come last and so decide.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that names the pattern, the line or the file
 */
export function excludeRules({
  exclude = [],
  excludeFrom = [],
  excludePaths = [],
}: ExcludeOptions): ExcludeRules {
  return {
    patterns: [
      ...excludeFrom.flatMap((file) => ignoreFile(contentOf(file), escapeText(file))),
      ...exclude.flatMap(globPatterns),
    ],
    paths: excludePaths.flatMap((file) => pathsFile(contentOf(file))),
  };
}

function globPatterns(glob: string | Uint8Array): ExcludePattern[] {
  const text = Buffer.from(glob).toString('latin1');
  if (text.startsWith('!')) {
    throw patternError(
      text,
      'exclude',
      'begins with !, which only files of patterns know; write \\! for the character',
    );
  }
  if (/(?:^|[^\\])(?:\\\\)*[@!+*?]\(/.test(text)) {
    throw patternError(
      text,
      'exclude',
      'has an extended glob, which is not understood; write \\( for a parenthesis',
    );
  }
  return expandBraces(text, 'exclude').map((pattern) => excludePattern(pattern, 'exclude'));
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const errno = cause instanceof Error && 'errno' in cause ? Number(cause.errno) : 0;
    const [code, reason] = getSystemErrorMap().get(errno) ?? ['', String(cause)];
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `Cannot read the patterns in "${escapeText(file)}": ${reason} (${code}). Check the path.`,
      { cause },
    );
  }
}
