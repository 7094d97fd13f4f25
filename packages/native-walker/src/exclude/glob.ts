/** What fits at one place of a glob: this byte, one of a set, any one; a star takes any number. */
type Place = number | RegExp | '?' | '*';

/**
 * A glob of one component, over bytes, one character each. Going back to the last star alone is enough, so that
 * no name, however it is made up, takes longer than its length times that of the glob.
 */
export class Glob {
  readonly #places: readonly Place[];

  /** @param glob checked by `excludePattern()` */
  constructor(glob: string) {
    this.#places = [...glob.matchAll(tokens)].map(placeOf);
  }

  matches(text: string): boolean {
    const places = this.#places;
    let at = 0;
    let read = 0;
    let afterStar = -1;
    let starRead = 0;
    while (read < text.length) {
      const place = places[at];
      if (place === '*') {
        afterStar = ++at;
        starRead = read;
      } else if (place !== undefined && fits(place, text, read)) {
        at++;
        read++;
      } else if (afterStar >= 0) {
        at = afterStar;
        read = ++starRead;
      } else {
        return false;
      }
    }
    while (places[at] === '*') at++;
    return at === places.length;
  }
}

function fits(place: Place, text: string, at: number): boolean {
  if (typeof place === 'number') return text.charCodeAt(at) === place;
  return place === '?' || (place instanceof RegExp && place.test(text.charAt(at)));
}

const tokens =
  /\*+|\?|\\(.)|\[([!^]?)((?:\]|\[:\w+:\]|\\.|[^\\\]])(?:\[:\w+:\]|\\.|[^\\\]])*)\]|./gs;

function placeOf([all, escaped, negated, set]: RegExpMatchArray): Place {
  if (all.startsWith('*')) return '*';
  if (all === '?') return '?';
  if (set === undefined) return (escaped ?? all).charCodeAt(0);
  return new RegExp(`[${negated === '' ? '' : '^'}${members(set)}]`);
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
