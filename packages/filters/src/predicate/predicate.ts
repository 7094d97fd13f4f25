/** How two values are compared. Comparisons with a null are never true. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * What a row has to be like. There is no negation: whoever makes a predicate turns its parts around
 * instead, so that a comparison with a null is not true in either direction, as in SQL.
 */
export type Predicate =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Predicate[] }
  | { readonly kind: 'constant'; readonly value: boolean }
  /** Whether the column is null, or is not. */
  | { readonly kind: 'null'; readonly column: string; readonly isNull: boolean }
  | { readonly kind: 'bool'; readonly column: string; readonly value: boolean }
  /** A column of integers, whatever their width, with a number. */
  | {
      readonly kind: 'integer';
      readonly column: string;
      readonly comparison: Comparison;
      readonly value: bigint;
    }
  | {
      readonly kind: 'integers';
      readonly column: string;
      readonly values: ReadonlySet<bigint>;
      readonly isIn: boolean;
    }
  | {
      readonly kind: 'real';
      readonly column: string;
      readonly comparison: Comparison;
      readonly value: number;
    }
  /** Calculations on columns of integers. */
  | {
      readonly kind: 'terms';
      readonly comparison: Comparison;
      readonly left: Term;
      readonly right: Term;
    }
  /** Words of a dictionary column. */
  | { readonly kind: 'words'; readonly column: string; readonly words: ReadonlySet<string> }
  /** The whole value is one of these texts, or is none of them. */
  | {
      readonly kind: 'texts';
      readonly column: string;
      readonly texts: ReadonlySet<string>;
      readonly isIn: boolean;
    }
  | {
      readonly kind: 'pattern';
      readonly column: string;
      readonly pattern: TextPattern;
      readonly matches: boolean;
    }
  /** Two text columns of one row. */
  | {
      readonly kind: 'same';
      readonly left: string;
      readonly right: string;
      readonly isSame: boolean;
    };

/** An RE2 expression that is found somewhere in a text, or a glob that is all of it. */
export type TextPattern =
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'glob'; readonly source: string };

/** A whole number of any size made of columns. Null where a column is. */
export type Term =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'column'; readonly name: string }
  | {
      readonly kind: '+' | '-' | '*' | '&';
      readonly left: Term;
      readonly right: Term;
    };

const opposites = { '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' } as const;
const mirrored = { '==': '==', '!=': '!=', '<': '>', '>': '<', '<=': '>=', '>=': '<=' } as const;

/** The comparison that is true where the other is not, nulls aside. */
export function opposite(comparison: Comparison): Comparison {
  return opposites[comparison];
}

/** The comparison with its sides changed. */
export function mirror(comparison: Comparison): Comparison {
  return mirrored[comparison];
}

/** The columns a predicate reads. */
export function columnsOf(predicate: Predicate): ReadonlySet<string> {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return new Set(predicate.parts.flatMap((part) => [...columnsOf(part)]));
    case 'constant':
      return new Set();
    case 'terms':
      return new Set([...termColumns(predicate.left), ...termColumns(predicate.right)]);
    case 'same':
      return new Set([predicate.left, predicate.right]);
    default:
      return new Set([predicate.column]);
  }
}

function termColumns(term: Term): readonly string[] {
  switch (term.kind) {
    case 'constant':
      return [];
    case 'column':
      return [term.name];
    default:
      return [...termColumns(term.left), ...termColumns(term.right)];
  }
}
