import { escapeMessage, PwalkError } from '@pwalk/core';
import type { Span } from './syntax-tree.js';

/** Characters of a long expression that are shown before and after the place in question. */
const CONTEXT = 40;

/**
 * The error of an expression that cannot be used: a sentence, and the place it speaks of as an excerpt.
 *
 * ```text
 * "sise" is not a column; did you mean size?
 *   sise > 1GiB
 *   ^^^^
 * ```
 */
export function expressionError(expression: string, span: Span, sentence: string): PwalkError {
  const from = Math.max(0, span.start - CONTEXT);
  const to = Math.min(expression.length, Math.max(span.end, span.start) + CONTEXT);
  // Escaped piece by piece, so that the carets stand below what they mean.
  const before = `${from > 0 ? '…' : ''}${escapeMessage(expression.slice(from, span.start))}`;
  const place = escapeMessage(expression.slice(span.start, span.end));
  const after = `${escapeMessage(expression.slice(span.end, to))}${to < expression.length ? '…' : ''}`;
  const carets = ' '.repeat([...before].length) + '^'.repeat(Math.max(1, [...place].length));
  return new PwalkError('PWALK_OPTIONS_INVALID', sentence, {
    excerpt: [`${before}${place}${after}`, carets],
  });
}
