import { type ColumnType, type EntrySchema, type Field, fullEntrySchema } from '@pwalk/core';
import type { Term } from '../predicate/predicate.js';
import { addMonths, parseTime } from './calendar.js';
import { expressionError } from './expression-error.js';
import type { ArithmeticOperator, Span, SyntaxNode } from './syntax-tree.js';
import { quantity } from './units.js';

/** What an expression is checked against. */
export interface Scope {
  /** The text, for messages. */
  readonly expression: string;
  readonly schema: EntrySchema;
  /** What `now` is, in microseconds since 1970. */
  readonly now: bigint;
}

/** Numbers that are calculated with: plain ones, moments, and spans of time. */
export type NumberType = 'integer' | 'time' | 'duration';

/** The type and value of a part of an expression that is not itself true or false. */
export type Value =
  /** `bytes`: written with a unit of size. */
  | { readonly type: NumberType; readonly term: Term; readonly bytes: boolean }
  /** A span of calendar months, which has no length until it is added to a time. */
  | { readonly type: 'months'; readonly micros: bigint; readonly months: bigint }
  | { readonly type: 'real'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'pattern'; readonly source: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null' }
  /** A column of no number. */
  | { readonly type: 'column'; readonly field: Field };

const numberTypes: Readonly<Partial<Record<ColumnType, NumberType>>> = {
  int32: 'integer',
  uint32: 'integer',
  int64: 'integer',
  uint64: 'integer',
  timestamp: 'time',
};

/** The field a column's name stands for. @throws PwalkError with the nearest name there is */
export function fieldOf(name: string, span: Span, { expression, schema }: Scope): Field {
  const field = schema.field(name);
  if (field !== undefined) return field;
  const names = new Set([...fullEntrySchema.fields, ...schema.fields].map((known) => known.name));
  const near = [...names].find((known) => isNear(name, known));
  const remedy =
    near === undefined ? `the columns are ${[...names].join(', ')}` : `did you mean ${near}?`;
  throw expressionError(
    expression,
    span,
    `"${name}" is not a column; ${remedy}${near === undefined ? '.' : ''}`,
  );
}

/** Whether one could be a slip of the pen for the other: a letter more, less, other, or two swapped. */
function isNear(given: string, known: string): boolean {
  if (given.toLowerCase() === known) return true;
  const [short, long] = given.length < known.length ? [given, known] : [known, given];
  if (long.length < 3 || long.length - short.length > 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  const restOf = (text: string, from: number) => text.slice(from);
  if (short.length < long.length) return restOf(short, at) === restOf(long, at + 1);
  const swapped = short[at] === long[at + 1] && short[at + 1] === long[at];
  return (
    restOf(short, at + 1) === restOf(long, at + 1) ||
    (swapped && restOf(short, at + 2) === restOf(long, at + 2))
  );
}

/** The value of a part of an expression. @throws PwalkError where it has none */
export function evaluate(node: SyntaxNode, scope: Scope): Value {
  const fail = (sentence: string) => expressionError(scope.expression, node.span, sentence);
  switch (node.kind) {
    case 'column': {
      const field = fieldOf(node.name, node.span, scope);
      const type = numberTypes[field.type];
      return type === undefined
        ? { type: 'column', field }
        : { type, term: { kind: 'column', name: field.name }, bytes: false };
    }
    case 'number': {
      const value = quantity(node.text, node.unit);
      if (typeof value === 'string') throw fail(value);
      if (value.type === 'integer') return integer(value.value, value.bytes);
      if (value.type === 'real') return value;
      return value.months === 0n
        ? constant('duration', value.micros)
        : { type: 'months', micros: value.micros, months: value.months };
    }
    case 'text':
      return { type: 'text', value: node.value };
    case 'pattern':
      return { type: 'pattern', source: patternSource(node.source, node.flags, fail) };
    case 'time': {
      const time = parseTime(node.text);
      if (time === null) throw fail(`There is no date ${node.text}.`);
      return constant('time', time);
    }
    case 'now':
      return constant('time', scope.now);
    case 'boolean':
      return { type: 'boolean', value: node.value };
    case 'null':
      return { type: 'null' };
    case 'minus': {
      const operand = evaluate(node.operand, scope);
      if (operand.type === 'real') return { type: 'real', value: -operand.value };
      if (operand.type === 'months') {
        return { type: 'months', micros: -operand.micros, months: -operand.months };
      }
      if (operand.type !== 'integer' && operand.type !== 'duration') {
        throw fail(`${describe(operand)} has no negative.`);
      }
      const term = calculate('-', { kind: 'constant', value: 0n }, operand.term);
      return { type: operand.type, term, bytes: operand.bytes };
    }
    case 'arithmetic':
      return arithmetic(
        node.operator,
        evaluate(node.left, scope),
        evaluate(node.right, scope),
        fail,
      );
    default:
      throw fail('This is true or false, and a value is needed here; use &&, || and ! to combine.');
  }
}

/** What a value is, for messages. */
export function describe(value: Value): string {
  switch (value.type) {
    case 'integer':
      return value.bytes ? 'A size' : 'A number';
    case 'time':
      return 'A time';
    case 'duration':
    case 'months':
      return 'A span of time';
    case 'real':
      return 'A number';
    case 'text':
      return 'A text';
    case 'pattern':
      return 'A pattern';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'column':
      return `The column ${value.field.name} (${value.field.type})`;
  }
}

function constant(type: NumberType, value: bigint): Value {
  return { type, term: { kind: 'constant', value }, bytes: false };
}

function integer(value: bigint, bytes: boolean): Value {
  return { type: 'integer', term: { kind: 'constant', value }, bytes };
}

/** What an operator makes of two types of numbers; what is missing makes no sense. */
const results: Readonly<Record<string, NumberType>> = {
  'integer + integer': 'integer',
  'integer - integer': 'integer',
  'integer * integer': 'integer',
  'integer & integer': 'integer',
  'duration * integer': 'duration',
  'integer * duration': 'duration',
  'duration + duration': 'duration',
  'duration - duration': 'duration',
  'time - time': 'duration',
  'time + duration': 'time',
  'duration + time': 'time',
  'time - duration': 'time',
};

function arithmetic(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
  fail: (sentence: string) => Error,
): Value {
  if (left.type === 'months' || right.type === 'months') {
    return calendar(operator, left, right, fail);
  }
  const type = results[`${left.type} ${operator} ${right.type}`];
  if (type === undefined || !('term' in left) || !('term' in right)) {
    throw fail(`${describe(left)} and ${lower(describe(right))} cannot be joined by ${operator}.`);
  }
  const bytes = operator !== '*' && (left.bytes || right.bytes);
  return { type, term: calculate(operator, left.term, right.term), bytes };
}

/** `time ± months`: the one thing months are good for, and only with a time that is known now. */
function calendar(
  operator: ArithmeticOperator,
  left: Value,
  right: Value,
  fail: (sentence: string) => Error,
): Value {
  const [time, span] = right.type === 'months' ? [left, right] : [right, left];
  const fits = operator === '+' || (operator === '-' && right.type === 'months');
  if (time.type !== 'time' || span.type !== 'months' || !fits) {
    throw fail(
      'Months and years have no fixed length; they can be added to a date or to now, and else be given as days.',
    );
  }
  if (time.term.kind !== 'constant') {
    throw fail('Months and years have no fixed length; next to a column write days, as 365d.');
  }
  const moved = addMonths(time.term.value, operator === '-' ? -span.months : span.months);
  if (moved === null) throw fail('This is beyond the years there are dates for.');
  return constant('time', moved);
}

/** A calculation, done at once where both sides are known. */
function calculate(operator: ArithmeticOperator, left: Term, right: Term): Term {
  if (left.kind !== 'constant' || right.kind !== 'constant') return { kind: operator, left, right };
  const [a, b] = [left.value, right.value];
  switch (operator) {
    case '+':
      return { kind: 'constant', value: a + b };
    case '-':
      return { kind: 'constant', value: a - b };
    case '*':
      return { kind: 'constant', value: a * b };
    case '&':
      return { kind: 'constant', value: a & b };
  }
}

function patternSource(source: string, flags: string, fail: (sentence: string) => Error): string {
  const unknown = [...flags].find((flag) => flag !== 'i' && flag !== 's');
  if (unknown !== undefined) {
    throw fail(
      `A pattern has no flag "${unknown}"; there are i (any case) and s (. is also a line break).`,
    );
  }
  return flags === '' ? source : `(?${flags})${source}`;
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
