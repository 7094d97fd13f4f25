import { SyntaxError as ParserError, parse as parseText } from '#parser';
import { expressionError } from './expression-error.js';
import type { SyntaxNode } from './syntax-tree.js';

/** UTF-16 units of an expression; a list of ten thousand names is well below. */
const LONGEST = 1 << 20;

/**
 * What an expression says.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`, with the place where it went wrong
 */
export function parse(expression: string): SyntaxNode {
  if (expression.length > LONGEST) {
    throw expressionError(
      expression,
      { start: 0, end: 0 },
      `The expression has ${expression.length} characters; give at most ${LONGEST}.`,
    );
  }
  try {
    return parseText(expression);
  } catch (error) {
    if (error instanceof ParserError) {
      const { start, end } = error.location;
      throw expressionError(
        expression,
        { start: start.offset, end: end.offset },
        sentenceOf(error.message),
      );
    }
    if (error instanceof RangeError) {
      throw expressionError(
        expression,
        { start: 0, end: 0 },
        'The expression is nested too deeply; take some parentheses away.',
      );
    }
    throw error;
  }
}

/** The parser's `Expected …, or … but … found.`, on one line. */
function sentenceOf(message: string): string {
  return message.replaceAll(/[\r\n]+/g, ' ');
}
