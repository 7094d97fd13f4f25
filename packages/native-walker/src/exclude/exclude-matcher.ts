import type { ExcludePattern } from './exclude-pattern.js';
import type { ExcludeRules } from './exclude-rules.js';

/** The rules for the portable walker: each pattern as a regular expression over bytes. */
export class ExcludeMatcher {
  readonly #rules: readonly (ExcludePattern & { readonly regexp: RegExp })[];
  readonly #paths: ReadonlySet<string>;

  constructor({ patterns, paths }: ExcludeRules) {
    this.#rules = patterns.map((pattern) => ({ ...pattern, regexp: regexpOf(pattern) })).reverse();
    this.#paths = new Set(paths);
  }

  /**
   * @param path as the walk prints it
   * @param below the part of it below the root
   */
  excludes(path: Buffer, below: Buffer, isDirectory: boolean): boolean {
    if (this.#paths.size > 0 && this.#paths.has(path.toString('latin1'))) return true;
    if (this.#rules.length === 0) return false;
    const text = below.toString('latin1');
    const rule = this.#rules.find(
      ({ directoriesOnly, regexp }) => (!directoriesOnly || isDirectory) && regexp.test(text),
    );
    return rule !== undefined && !rule.negated;
  }
}

function regexpOf({ glob, anchored }: ExcludePattern): RegExp {
  if (!anchored) return new RegExp(`(?:^|/)${segment(glob)}$`, 's');
  const segments = glob.split('/');
  const parts = segments.map((text, index) => {
    const last = index === segments.length - 1;
    if (text === '**') return last ? '.+' : '(?:[^/]+/)*';
    return segment(text) + (last ? '' : '/');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

const classes: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@\\[-`{-~',
  space: ' \\t-\\r',
  upper: 'A-Z',
  xdigit: '0-9a-fA-F',
};

/** A glob of one component; it was checked to be one. */
function segment(glob: string): string {
  return glob.replace(
    /\*+|\?|\\(.)|\[([!^]?)((?:\]|\[:\w+:\]|\\.|[^\\\]])(?:\[:\w+:\]|\\.|[^\\\]])*)\]|./gs,
    (all, escaped?: string, negated?: string, set?: string) => {
      if (all.startsWith('*')) return '[^/]*';
      if (all === '?') return '[^/]';
      if (set !== undefined)
        return negated === '' ? `(?!/)[${members(set)}]` : `[^/${members(set)}]`;
      return literal(escaped ?? all);
    },
  );
}

function members(set: string): string {
  return set.replace(
    /\[:(\w+):\]|\\(.)|(.)/gs,
    (_, name?: string, escaped?: string, plain?: string) =>
      name !== undefined
        ? (classes[name] ?? '')
        : plain === '-'
          ? '-'
          : literal(escaped ?? plain ?? ''),
  );
}

function literal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
