/** An RE2 expression that matches the whole of what the glob does, or what is wrong with the glob. */
export type GlobSource =
  | { readonly ok: true; readonly source: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Translates a glob: `*` any characters but `/`, `?` one of them, `[a-z]` and `[!a-z]` one of a set,
 * `**` between slashes any number of directories, `{a,b}` one or the other, `\` the next character
 * as it is. A leading dot is nothing special.
 */
export function globSource(glob: string): GlobSource {
  try {
    return { ok: true, source: `^(?:${new Translation(glob).toEnd()})$` };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { ok: false, problem: `The glob "${glob}" ${error.message}.` };
  }
}

/** What stands before and after the one star of a glob that is nothing but text and one `*`; null for others. */
export function aroundStar(
  glob: string,
): { readonly before: string; readonly after: string } | null {
  const [, before, after] = /^([^*?[\]{}\\]*)\*([^*?[\]{}\\]*)$/.exec(glob) ?? [];
  return before === undefined || after === undefined ? null : { before, after };
}

class Translation {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(glob: string) {
    // By code points, so that `?` is one character and not half of one.
    this.#characters = [...glob];
  }

  toEnd(): string {
    const source = this.#sequence();
    if (this.#at < this.#characters.length) throw new SyntaxError('has a } without a {');
    return source;
  }

  /** Up to the end, or up to the `,` or `}` of the braces it is in. */
  #sequence(): string {
    let source = '';
    for (; this.#at < this.#characters.length; this.#at++) {
      const character = this.#characters[this.#at];
      if (this.#depth > 0 && (character === ',' || character === '}')) break;
      switch (character) {
        case '*':
          source += this.#stars();
          break;
        case '?':
          source += '[^/]';
          break;
        case '[':
          source += this.#set();
          break;
        case '{':
          source += this.#alternatives();
          break;
        case '}':
          return source;
        case '\\':
          this.#at++;
          if (this.#at === this.#characters.length) throw new SyntaxError('ends in a backslash');
          source += literal(this.#characters[this.#at]);
          break;
        default:
          source += literal(character);
      }
    }
    return source;
  }

  /** Leaves `#at` on the last character it has read, as all of these do. */
  #stars(): string {
    const startsPart = this.#at === 0 || this.#characters[this.#at - 1] === '/';
    const isDouble = this.#characters[this.#at + 1] === '*';
    while (this.#characters[this.#at + 1] === '*') this.#at++;
    const next = this.#characters[this.#at + 1];
    if (!isDouble || !startsPart || (next !== undefined && next !== '/')) return '[^/]*';
    if (next === undefined) return '(?s:.)*';
    this.#at++;
    return '(?:(?s:.)*/)?';
  }

  #alternatives(): string {
    const parts: string[] = [];
    this.#depth++;
    do {
      this.#at++;
      parts.push(this.#sequence());
    } while (this.#characters[this.#at] === ',');
    if (this.#characters[this.#at] !== '}') throw new SyntaxError('has a { without a }');
    this.#depth--;
    return `(?:${parts.join('|')})`;
  }

  #set(): string {
    this.#at++;
    const isNegated = this.#characters[this.#at] === '!' || this.#characters[this.#at] === '^';
    if (isNegated) this.#at++;
    let ranges = '';
    for (let isFirst = true; ; isFirst = false, this.#at++) {
      // A bracket that comes first is one of the set.
      if (this.#characters[this.#at] === ']' && !isFirst) break;
      const from = this.#member();
      if (this.#characters[this.#at + 1] !== '-' || this.#characters[this.#at + 2] === ']') {
        ranges += range(from, from, isNegated);
        continue;
      }
      this.#at += 2;
      const to = this.#member();
      if (from > to) throw new SyntaxError(`has a range that runs backwards`);
      ranges += range(from, to, isNegated);
    }
    if (isNegated) return `[^/${ranges}]`;
    if (ranges === '')
      throw new SyntaxError('has a set of nothing but a slash, which no part holds');
    return `[${ranges}]`;
  }

  /** The code point of one member of a set. */
  #member(): number {
    if (this.#characters[this.#at] === '\\') this.#at++;
    const code = this.#characters[this.#at]?.codePointAt(0);
    if (code === undefined) throw new SyntaxError('has a [ without a ]');
    if (code === 0x5b && this.#characters[this.#at + 1] === ':') {
      throw new SyntaxError('has a named class as [:alpha:], which is not supported');
    }
    return code;
  }
}

const SLASH = 0x2f;

/** A range of a set. A slash is never one of it: no wildcard reaches over a slash. */
function range(from: number, to: number, isNegated: boolean): string {
  if (isNegated || to < SLASH || from > SLASH) return `${escaped(from)}-${escaped(to)}`;
  const below = from < SLASH ? `${escaped(from)}-${escaped(SLASH - 1)}` : '';
  return to > SLASH ? `${below}${escaped(SLASH + 1)}-${escaped(to)}` : below;
}

function escaped(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

function literal(character: string): string {
  return /^[\w/-]$/.test(character) ? character : escaped(character.codePointAt(0) ?? 0);
}
