import { escapeText, PwalkError } from '@pwalk/core';

/** One line of a gitignore file, taken apart. Text is bytes, one character each (latin1). */
export interface ExcludePattern {
  /** Without the leading `!`, and without slashes at either end. */
  readonly glob: string;
  /** Takes back what patterns before it exclude. */
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  /** Matched against the path below the root; else against the name, at any depth. */
  readonly anchored: boolean;
}

/**
 * Takes a pattern in gitignore form apart.
 * @param text bytes, one character each
 * @param origin how an error names where the pattern is from, as `--exclude`
 * @throws PwalkError `PWALK_OPTIONS_INVALID` when it can match nothing
 */
export function excludePattern(text: string, origin: string): ExcludePattern {
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  const directoriesOnly = body.endsWith('/');
  const trimmed = body.replace(/^\//, '').replace(/\/$/, '');
  const problem = problemOf(trimmed);
  if (problem !== null) throw patternError(text, origin, problem);
  return { glob: trimmed, negated, directoriesOnly, anchored: /^\/|\/(?!$)/.test(body) };
}

/** The error of a pattern; `problem` says what is wrong and what to write instead. */
export function patternError(text: string, origin: string, problem: string): PwalkError {
  return new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `${origin}: "${escapeText(Buffer.from(text, 'latin1'))}" ${problem}.`,
  );
}

function problemOf(glob: string): string | null {
  if (glob === '') return 'is no pattern; give a name or a glob';
  if (glob.includes('\0')) return 'has a NUL byte, which no file name has';
  if (glob.split('/').includes('')) return 'has a slash after a slash; write one';
  for (let at = 0; at < glob.length; at++) {
    if (glob[at] === '\\') {
      if (++at === glob.length) {
        return 'ends in a backslash that escapes nothing; write \\\\ for a backslash';
      }
      if (glob[at] === '/') return 'has a backslash before a slash; write the slash alone';
      continue;
    }
    if (glob[at] !== '[') continue;
    const end = bracketEnd(glob, at);
    if (end === null) return 'has a [ that is not closed; write \\[ for a bracket';
    const problem = rangeProblem(glob.slice(at + 1, end));
    if (problem !== null) return problem;
    at = end;
  }
  return null;
}

/** What is wrong with the ranges of a set, which is without its brackets: `z-a`, `a-[:digit:]`. */
function rangeProblem(set: string): string | null {
  const members = set.replace(/^[!^]/, '').match(/\[:\w+:\]|\\.|./gs) ?? [];
  for (let at = 1; at < members.length - 1; at++) {
    if (members[at] !== '-') continue;
    const low = members[at - 1] ?? '';
    const high = members[++at] ?? '';
    if (isClass(low)) continue;
    if (isClass(high))
      return 'has a range that ends in a class; write a character, or \\- for a hyphen';
    if (low.slice(-1) > high.slice(high.startsWith('\\') ? 1 : 0)) {
      return 'has a range that ends before it begins; write its lower end first';
    }
  }
  return null;
}

function isClass(member: string): boolean {
  return member.startsWith('[:') && member.length > 2;
}

const classNames = 'alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit';
const knownClass = new RegExp(`^(?:${classNames})$`);

/** Index of the bracket that ends the set which starts at `start`; null where none does. */
export function bracketEnd(glob: string, start: number): number | null {
  let at = start + (/^\[[!^]/.test(glob.slice(start, start + 2)) ? 2 : 1);
  for (let first = true; at < glob.length && glob[at] !== '/'; first = false) {
    if (glob[at] === ']' && !first) return at;
    const named = /^\[:([^/]*?):\]/.exec(glob.slice(at));
    if (named !== null) {
      if (!knownClass.test(named[1] ?? '')) return null;
      at += named[0].length;
    } else {
      // An escaped slash ends the component, and so the set, like any other.
      at += glob[at] === '\\' && glob[at + 1] !== '/' ? 2 : 1;
    }
  }
  return null;
}
