// What the generated parser exports; grammar.peggy makes these nodes, test/parse.test.ts holds it to that.
import type { SyntaxNode } from './syntax-tree.js';

/** @throws ParserError, exported as SyntaxError */
export function parse(text: string): SyntaxNode;

declare class ParserError extends Error {
  readonly location: {
    readonly start: { readonly offset: number };
    readonly end: { readonly offset: number };
  };
}

export { ParserError as SyntaxError };
