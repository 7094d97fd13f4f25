import { compares } from '../predicate/compare-numbers.js';
import { globSource } from '../predicate/glob.js';
import {
  type Comparison,
  mirror,
  opposite,
  type Predicate,
  type TextPattern,
} from '../predicate/predicate.js';
import { parseTime } from './calendar.js';
import { compareColumn, words } from './column-condition.js';
import { expressionError } from './expression-error.js';
import type { SyntaxNode } from './syntax-tree.js';
import { describe, evaluate, fieldOf, type Scope, type Value } from './value.js';

/** Columns that count something else than bytes: a comparison with `1GiB` is a mistake. */
const notBytes: ReadonlyMap<string, string> = new Map([
  ['blocks', 'counts units of 512 bytes; write blocks * 512'],
  ['inode', 'is no size'],
  ['parent_inode', 'is no size'],
  ['dev', 'is no size'],
  ['depth', 'counts directories'],
  ['mode', 'holds permission bits'],
  ['uid', 'is an id'],
  ['gid', 'is an id'],
  ['nlink', 'counts links'],
  ['file_count', 'counts entries'],
  ['errno', 'is an error number'],
]);

/**
 * The predicate an expression stands for, its types checked against a schema.
 * @throws PwalkError `PWALK_OPTIONS_INVALID` that points at what makes no sense
 */
export function check(tree: SyntaxNode, scope: Scope): Predicate {
  return truth(tree, false, scope);
}

/** @param negated the opposite is wanted: it is carried down to the comparisons */
function truth(node: SyntaxNode, negated: boolean, scope: Scope): Predicate {
  const fail = (sentence: string) => expressionError(scope.expression, node.span, sentence);
  switch (node.kind) {
    case 'any':
    case 'all': {
      const kind = (node.kind === 'all') === negated ? 'any' : 'all';
      return { kind, parts: node.parts.map((part) => truth(part, negated, scope)) };
    }
    case 'not':
      return truth(node.operand, !negated, scope);
    case 'boolean':
      return { kind: 'constant', value: node.value !== negated };
    case 'column': {
      const field = fieldOf(node.name, node.span, scope);
      if (field.type === 'bool') return { kind: 'bool', column: field.name, value: !negated };
      throw fail(`The column ${field.name} is not true or false; compare it with something.`);
    }
    case 'in':
      return membership(node, node.negated !== negated, scope);
    case 'compare': {
      const { operator } = node;
      if (operator === 'glob') return pattern(node, 'glob', !negated, scope);
      if (operator === '=~') return pattern(node, 'regex', !negated, scope);
      if (operator === '!~') return pattern(node, 'regex', negated, scope);
      return comparison(node, negated ? opposite(operator) : operator, scope);
    }
    default:
      throw fail(
        `${describe(evaluate(node, scope))} is not true or false; compare it with something.`,
      );
  }
}

type CompareNode = Extract<SyntaxNode, { kind: 'compare' }>;
type InNode = Extract<SyntaxNode, { kind: 'in' }>;

function comparison(node: CompareNode, operator: Comparison, scope: Scope): Predicate {
  const left = evaluate(node.left, scope);
  const right = evaluate(node.right, scope);
  // The column is put to the left, where there is one.
  return left.type === 'column' || right.type !== 'column'
    ? compareValues(node, left, operator, right, scope)
    : compareValues(node, right, mirror(operator), left, scope);
}

function compareValues(
  node: CompareNode,
  left: Value,
  operator: Comparison,
  right: Value,
  scope: Scope,
): Predicate {
  const fail = (sentence: string) => expressionError(scope.expression, node.span, sentence);
  if (left.type === 'null' || right.type === 'null') {
    return isNull(left.type === 'null' ? right : left, operator, fail);
  }
  if (left.type === 'column') return compareColumn(left.field, operator, right, fail);
  if (left.type === 'text' && right.type === 'time') {
    return compareValues(node, right, mirror(operator), left, scope);
  }
  if (left.type === 'time' && right.type === 'text') {
    const time = parseTime(right.value);
    if (time === null)
      throw fail(`"${right.value}" is not a date; write it as 2024-12-31 or 2024-12-31T18:30.`);
    const written: Value = { type: 'time', term: { kind: 'constant', value: time }, bytes: false };
    return compareValues(node, left, operator, written, scope);
  }
  if (!('term' in left) || !('term' in right) || left.type !== right.type) {
    const whole = [left, right].find((value) => value.type === 'real');
    if (whole !== undefined)
      throw fail('Whole numbers are compared here; leave the fraction away.');
    const months = [left, right].some((value) => value.type === 'months');
    throw fail(
      months
        ? 'Months and years have no fixed length; write days here, as 365d.'
        : `${describe(left)} cannot be compared with ${describe(right).toLowerCase()}${hintFor(left, right)}.`,
    );
  }
  checkBytes(left, right, fail);
  return compareTerms(left, operator, right);
}

function hintFor(left: Value, right: Value): string {
  const types = [left.type, right.type];
  return types.includes('time') ? '; write a date, or now - 30d' : '';
}

type NumberValue = Extract<Value, { term: unknown }>;

function compareTerms(left: NumberValue, comparison: Comparison, right: NumberValue): Predicate {
  const [a, b] = [left.term, right.term];
  if (a.kind === 'constant' && b.kind === 'constant') {
    return { kind: 'constant', value: compares(a.value, comparison, b.value) };
  }
  if (a.kind === 'column' && b.kind === 'constant') {
    return { kind: 'integer', column: a.name, comparison, value: b.value };
  }
  if (a.kind === 'constant' && b.kind === 'column') {
    return { kind: 'integer', column: b.name, comparison: mirror(comparison), value: a.value };
  }
  return { kind: 'terms', comparison, left: a, right: b };
}

/** @throws PwalkError when a size in bytes meets a column that counts something else */
function checkBytes(
  left: NumberValue,
  right: NumberValue,
  fail: (sentence: string) => Error,
): void {
  for (const [value, other] of [
    [left, right],
    [right, left],
  ]) {
    const name = value.term.kind === 'column' ? value.term.name : '';
    const what = notBytes.get(name);
    if (other.bytes && what !== undefined) throw fail(`The column ${name} ${what}.`);
  }
}

function isNull(value: Value, operator: Comparison, fail: (sentence: string) => Error): Predicate {
  if (operator !== '==' && operator !== '!=') throw fail('Only == and != can ask for null.');
  const isNull = operator === '==';
  if (value.type === 'column') return { kind: 'null', column: value.field.name, isNull };
  if ('term' in value && value.term.kind === 'column') {
    return { kind: 'null', column: value.term.name, isNull };
  }
  throw fail('Only a column can be null.');
}

function membership(node: InNode, negated: boolean, scope: Scope): Predicate {
  const left = evaluate(node.left, scope);
  const isIn = !negated;
  if (left.type === 'column') {
    const { field } = left;
    if (field.type === 'utf8' || field.type === 'dictionary') {
      const texts = node.items.map((item) => textOf(item, scope));
      if (field.type === 'utf8') {
        return { kind: 'texts', column: field.name, texts: new Set(texts), isIn };
      }
      const fail = (sentence: string) => expressionError(scope.expression, node.span, sentence);
      return words(field, texts, isIn, fail);
    }
  }
  const { term } = 'term' in left ? left : { term: null };
  if (term?.kind === 'column' && left.type === 'integer') {
    const values = node.items.map((item) => {
      const value = evaluate(item, scope);
      if (value.type !== 'integer' || value.term.kind !== 'constant') {
        throw expressionError(
          scope.expression,
          item.span,
          `${term.name} is a number; list numbers here.`,
        );
      }
      return value.term.value;
    });
    return { kind: 'integers', column: term.name, values: new Set(values), isIn };
  }
  throw expressionError(
    scope.expression,
    node.left.span,
    'Only a column of text, words or whole numbers can be looked up in a list.',
  );
}

function textOf(node: SyntaxNode, scope: Scope): string {
  const value = evaluate(node, scope);
  if (value.type === 'text') return value.value;
  throw expressionError(
    scope.expression,
    node.span,
    `${describe(value)} is no text; write texts in quotes here.`,
  );
}

function pattern(
  node: CompareNode,
  kind: TextPattern['kind'],
  matches: boolean,
  scope: Scope,
): Predicate {
  const left = evaluate(node.left, scope);
  if (left.type !== 'column' || (left.field.type !== 'utf8' && left.field.type !== 'dictionary')) {
    throw expressionError(
      scope.expression,
      node.left.span,
      'Only a column of text or words can be matched by a pattern.',
    );
  }
  const right = evaluate(node.right, scope);
  const fail = (sentence: string) => expressionError(scope.expression, node.right.span, sentence);
  if (kind === 'glob' && right.type === 'text') {
    const made = globSource(right.value);
    if (!made.ok) throw fail(made.problem);
    return {
      kind: 'pattern',
      column: left.field.name,
      pattern: { kind, source: right.value },
      matches,
    };
  }
  if (kind === 'regex' && (right.type === 'pattern' || right.type === 'text')) {
    const source = right.type === 'pattern' ? right.source : right.value;
    return { kind: 'pattern', column: left.field.name, pattern: { kind, source }, matches };
  }
  throw fail(
    kind === 'glob'
      ? 'A glob is a text in quotes, as "*.bam".'
      : 'A pattern is written as /^core/ or as a text in quotes.',
  );
}
