import { definePlugin, fullEntrySchema } from '@pwalk/core';
import { z } from 'zod';
import { check } from './expression/check.js';
import { parse } from './expression/parse.js';
import { referencedColumns } from './expression/referenced-columns.js';
import type { SyntaxNode } from './expression/syntax-tree.js';
import { PredicateFilter } from './predicate/predicate-filter.js';

const options = z
  .union([z.string(), z.strictObject({ expression: z.string() })], {
    error: 'give an expression as a text',
  })
  .transform((given) => readExpression(typeof given === 'string' ? given : given.expression));

interface Expression {
  readonly text: string;
  readonly tree: SyntaxNode;
}

/**
 * Parses an expression, and checks it at once where it speaks of the columns of a scan only. A column
 * that some other stage adds is known when the filter is opened, and checked then.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that points at the place
 */
function readExpression(text: string): Expression {
  const tree = parse(text);
  if (scanColumns(tree).length === referencedColumns(tree).size) checkExpression(text, tree);
  return { text, tree };
}

/** The columns of a scan among those an expression speaks of: the others are not the source's to make. */
function scanColumns(tree: SyntaxNode): readonly string[] {
  return [...referencedColumns(tree)].filter((name) => fullEntrySchema.has(name));
}

/**
 * Checks an expression over the columns of a scan, as a command does with what it is given before it
 * does anything else.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that points at the place
 */
export function checkExpression(text: string, tree = parse(text)): void {
  check(tree, { expression: text, schema: fullEntrySchema, now: 0n });
}

/**
 * Keeps the rows for which an expression is true.
 *
 * ```js
 * where('size > 1GiB && mtime < now - 2y && ext in ["bam", "fastq"]')
 * ```
 *
 * The language is described in `docs/reference/expressions.md`. `now` is the start of the run.
 */
export const where = definePlugin({
  name: 'where',
  kind: 'filter',
  pwalk: '^0.1.0',
  options,
  capabilities: ({ tree }) => ({ columns: scanColumns(tree), releases: true }),
  create: ({ text, tree }) =>
    new PredicateFilter((schema, ctx) =>
      check(tree, {
        expression: text,
        schema,
        now: BigInt(ctx.scan.startedAt.getTime()) * 1000n,
      }),
    ),
});
