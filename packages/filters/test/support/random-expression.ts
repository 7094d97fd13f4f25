import { entryTypes } from '@pwalk/core';
import { Random } from './random.js';
import type { Row } from './random-rows.js';

/** An expression in our language and in SQL, and what it is of a row: null where a null decides. */
export interface Sample {
  readonly text: string;
  readonly sql: string;
  readonly of: (row: Row) => boolean | null;
}

const operators = ['==', '!=', '<', '<=', '>', '>='] as const;
type Operator = (typeof operators)[number];

/** A random expression: some conditions, joined and negated at random. */
export function randomExpression(seed: number): Sample {
  return expression(new Random(seed), 3);
}

function expression(random: Random, depth: number): Sample {
  if (depth === 0 || random.oneIn(4)) return random.of(conditions)(random);
  switch (random.below(3)) {
    case 0: {
      const inner = expression(random, depth - 1);
      return {
        text: `${random.of(['!', 'not '])}(${inner.text})`,
        sql: `(not ${inner.sql})`,
        of: (row) => not(inner.of(row)),
      };
    }
    case 1: {
      const [a, b] = [expression(random, depth - 1), expression(random, depth - 1)];
      return {
        text: `(${a.text}) ${random.of(['&&', 'and'])} (${b.text})`,
        sql: `(${a.sql} and ${b.sql})`,
        of: (row) => not(or(not(a.of(row)), not(b.of(row)))),
      };
    }
    default: {
      const [a, b] = [expression(random, depth - 1), expression(random, depth - 1)];
      return {
        text: `(${a.text}) ${random.of(['||', 'or'])} (${b.text})`,
        sql: `(${a.sql} or ${b.sql})`,
        of: (row) => or(a.of(row), b.of(row)),
      };
    }
  }
}

function not(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

function or(a: boolean | null, b: boolean | null): boolean | null {
  if (a === true || b === true) return true;
  return a === null || b === null ? null : false;
}

const integers = ['size', 'blocks', 'inode', 'uid', 'nlink', 'depth', 'mode', 'file_count'];
const moments = ['atime', 'mtime', 'ctime', 'btime'];
const numbers = [0n, 1n, 4096n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n];
const beyond = [...numbers, -1n, 2n ** 64n, 2n ** 70n];

const conditions: readonly ((random: Random) => Sample)[] = [
  (random) => {
    const [column, operator, value] = [
      random.of(integers),
      random.of(operators),
      random.of(beyond),
    ];
    return relation(`${column} ${operator} ${value}`, big(column), operator, `${value}::hugeint`, {
      left: (row) => bigOf(row, column),
      right: () => value,
    });
  },
  (random) => {
    const [column, operator, value] = [
      random.of(integers),
      random.of(operators),
      random.of(beyond),
    ];
    return relation(`${value} ${operator} ${column}`, `${value}::hugeint`, operator, big(column), {
      left: () => value,
      right: (row) => bigOf(row, column),
    });
  },
  (random) => {
    const [a, b] = [random.of(integers), random.of(integers)];
    const operator = random.of(operators);
    return relation(`${a} ${operator} ${b}`, big(a), operator, big(b), {
      left: (row) => bigOf(row, a),
      right: (row) => bigOf(row, b),
    });
  },
  (random) => {
    const [a, b, operator] = [random.of(moments), random.of(moments), random.of(operators)];
    return relation(`${a} ${operator} ${b}`, micros(a), operator, micros(b), {
      left: (row) => bigOf(row, a),
      right: (row) => bigOf(row, b),
    });
  },
  (random) => {
    const [column, operator] = [random.of(moments), random.of(operators)];
    const time = new Date(random.of([0, 1_700_000_000_000, 951_782_400_000, -86_400_000]));
    const value = BigInt(time.getTime()) * 1000n;
    return relation(
      `${column} ${operator} ${time.toISOString()}`,
      micros(column),
      operator,
      `${value}`,
      {
        left: (row) => bigOf(row, column),
        right: () => value,
      },
    );
  },
  (random) => {
    const [a, b, c] = [random.of(integers), random.of(integers), random.of(integers)];
    const [factor, operator] = [random.of([0n, 1n, 512n, 3n]), random.of(operators)];
    return relation(
      `${a} * ${factor} - ${b} ${operator} ${c} + 7`,
      `(${big(a)} * ${factor} - ${big(b)})`,
      operator,
      `(${big(c)} + 7)`,
      {
        left: (row) => lift((x, y) => x * factor - y, bigOf(row, a), bigOf(row, b)),
        right: (row) => lift((x, y) => x + y, bigOf(row, c), 7n),
      },
    );
  },
  (random) => {
    const [a, b, days] = [random.of(moments), random.of(moments), random.of([0n, 1n, 30n, -1n])];
    const operator = random.of(operators);
    const span = days * 86_400_000_000n;
    return relation(
      `${a} - ${b} ${operator} ${days}d`,
      `(${micros(a)}::hugeint - ${micros(b)})`,
      operator,
      `${span}`,
      {
        left: (row) => lift((x, y) => x - y, bigOf(row, a), bigOf(row, b)),
        right: () => span,
      },
    );
  },
  (random) => {
    const column = random.of(['mode', 'uid', 'inode', 'size']);
    const [bits, value] = [random.of([0o22n, 0o7000n, 2n ** 33n + 2n]), random.of([0n, 2n, 0o22n])];
    const operator = random.of(operators);
    return relation(
      `${column} & ${bits} ${operator} ${value}`,
      `(${big(column)} & ${bits})`,
      operator,
      `${value}`,
      { left: (row) => lift((x, y) => x & y, bigOf(row, column), bits), right: () => value },
    );
  },
  (random) => {
    const isIn = random.oneIn(2);
    const column = random.of(['uid', 'inode', 'nlink', 'size']);
    const values = [random.of(numbers), random.of(numbers), 1000n];
    return {
      text: `${column} ${isIn ? '' : 'not '}in [${values.join(', ')}]`,
      sql: `(${big(column)} ${isIn ? '' : 'not '}in (${values.join(', ')}))`,
      of: (row) => {
        const value = bigOf(row, column);
        return value === null ? null : values.includes(value) === isIn;
      },
    };
  },
  (random) => {
    const isIn = random.oneIn(2);
    const [column, values] = random.oneIn(2)
      ? ['ext', ['bam', 'gz', 'txt']]
      : ['name', ['a.bam', 'naïve.txt', '日本', 'raw-\\xff', '']];
    const list = values.map((value) => `"${value.replaceAll('\\', '\\\\')}"`).join(', ');
    return {
      text: `${column} ${isIn ? 'in' : 'not in'} [${list}]`,
      sql: `(${column} ${isIn ? 'in' : 'not in'} (${values.map((value) => `'${value}'`).join(', ')}))`,
      of: (row) => values.includes(String(row[column])) === isIn,
    };
  },
  (random) => {
    const [word, isSame] = [random.of(entryTypes), random.oneIn(2)];
    return {
      text: `type ${isSame ? '=' : '!='} '${word}'`,
      sql: `(type::varchar ${isSame ? '=' : '<>'} '${word}')`,
      of: (row) => (row.type === word) === isSame,
    };
  },
  (random) => {
    const column = random.of(['size', 'btime', 'errno', 'file_count', 'is_hardlink', 'name']);
    const isNull = random.oneIn(2);
    return {
      text: `${column} ${isNull ? '==' : '!='} null`,
      sql: `(${column} is ${isNull ? '' : 'not '}null)`,
      of: (row) => (row[column] === null) === isNull,
    };
  },
  () => ({
    text: 'is_hardlink',
    sql: 'is_hardlink',
    of: ({ is_hardlink: value }) => (typeof value === 'boolean' ? value : null),
  }),
  (random) => {
    const [source, matches] = [
      random.of(['^core\\.\\d+$', 'a.*m$', '^[^a-z]', '本']),
      random.oneIn(2),
    ];
    return {
      text: `name ${matches ? '=~' : '!~'} /${source}/`,
      sql: `(${matches ? '' : 'not '}regexp_matches(name, '${source}'))`,
      of: (row) => new RegExp(source, 'u').test(String(row.name)) === matches,
    };
  },
  (random) => {
    const [glob, source] = random.of([
      ['*.bam', '^[^/]*\\.bam$'],
      ['core*', '^core[^/]*$'],
      ['[a-c]?*', '^[a-c][^/][^/]*$'],
      ['??', '^[^/][^/]$'],
    ]);
    return {
      text: `name glob "${glob}"`,
      sql: `regexp_matches(name, '${source}')`,
      of: (row) => new RegExp(source, 'u').test(String(row.name)),
    };
  },
];

function relation(
  text: string,
  left: string,
  operator: Operator,
  right: string,
  of: Readonly<Record<'left' | 'right', (row: Row) => bigint | null>>,
): Sample {
  const sqlOperator = operator === '==' ? '=' : operator === '!=' ? '<>' : operator;
  return {
    text,
    sql: `(${left} ${sqlOperator} ${right})`,
    of: (row) => {
      const [a, b] = [of.left(row), of.right(row)];
      if (a === null || b === null) return null;
      switch (operator) {
        case '==':
          return a === b;
        case '!=':
          return a !== b;
        case '<':
          return a < b;
        case '<=':
          return a <= b;
        case '>':
          return a > b;
        case '>=':
          return a >= b;
      }
    },
  };
}

function big(column: string): string {
  return `${column}::hugeint`;
}

function micros(column: string): string {
  return `epoch_us(${column})`;
}

function bigOf(row: Row, column: string): bigint | null {
  const value = row[column];
  return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : null;
}

function lift(
  combine: (a: bigint, b: bigint) => bigint,
  a: bigint | null,
  b: bigint | null,
): bigint | null {
  return a === null || b === null ? null : combine(a, b);
}
