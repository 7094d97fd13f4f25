import { bracketEnd, patternError } from './exclude-pattern.js';

/** Patterns one pattern may stand for. */
const MOST_PATTERNS = 1000;

/**
 * Writes out `{a,b}` alternatives, nested ones too; backslashes stay, for the glob. (Libraries take
 * them away, and with them the difference between `\\*` and `*`.)
 * @throws PwalkError `PWALK_OPTIONS_INVALID` for braces that are no alternatives, and for very many
 */
export function expandBraces(text: string, origin: string): string[] {
  const fail = (problem: string) => patternError(text, origin, problem);
  let at = 0;

  const take = (length: number): string => {
    const start = at;
    at += length;
    return text.slice(start, at);
  };

  // What stands up to the end, or up to the comma or brace that ends an alternative.
  const sequence = (nested: boolean): string[] => {
    let patterns = [''];
    const append = (tails: readonly string[]) => {
      if (patterns.length * tails.length > MOST_PATTERNS) {
        throw fail(`stands for more than ${MOST_PATTERNS} patterns; use --exclude-from`);
      }
      patterns = patterns.flatMap((head) => tails.map((tail) => head + tail));
    };
    while (at < text.length) {
      const character = text[at] ?? '';
      if (nested && (character === ',' || character === '}')) break;
      if (character === '}') throw fail('has a } without {; write \\} for a brace');
      if (character === '{') append(alternatives());
      // Braces and commas in a set are characters of it.
      else if (character === '[') append([take((bracketEnd(text, at) ?? at) - at + 1)]);
      else append([take(character === '\\' ? 2 : 1)]);
    }
    return patterns;
  };

  const alternatives = (): string[] => {
    const all: string[] = [];
    let count = 0;
    do {
      at++;
      all.push(...sequence(true));
      count++;
    } while (text[at] === ',');
    if (text[at] !== '}') throw fail('has a { that is not closed; write \\{ for a brace');
    if (count < 2) throw fail('has braces around one alternative; write \\{ for a brace');
    at++;
    return all;
  };

  return sequence(false);
}
