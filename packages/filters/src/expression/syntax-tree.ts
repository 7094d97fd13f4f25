/** Positions in the text of an expression, in UTF-16 units; `end` is one past the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What an expression says, before anybody knows whether it makes sense. */
export type SyntaxNode =
  | { readonly kind: 'any' | 'all'; readonly parts: readonly SyntaxNode[]; readonly span: Span }
  | { readonly kind: 'not' | 'minus'; readonly operand: SyntaxNode; readonly span: Span }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator | '=~' | '!~' | 'glob';
      readonly left: SyntaxNode;
      readonly right: SyntaxNode;
      readonly span: Span;
    }
  | {
      readonly kind: 'in';
      readonly negated: boolean;
      readonly left: SyntaxNode;
      readonly items: readonly SyntaxNode[];
      readonly span: Span;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: SyntaxNode;
      readonly right: SyntaxNode;
      readonly span: Span;
    }
  | { readonly kind: 'column'; readonly name: string; readonly span: Span }
  /** `unit` is empty where there is none. */
  | { readonly kind: 'number'; readonly text: string; readonly unit: string; readonly span: Span }
  | { readonly kind: 'text'; readonly value: string; readonly span: Span }
  | {
      readonly kind: 'pattern';
      readonly source: string;
      readonly flags: string;
      readonly span: Span;
    }
  | { readonly kind: 'time'; readonly text: string; readonly span: Span }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly span: Span }
  | { readonly kind: 'now' | 'null'; readonly span: Span };

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '&';
