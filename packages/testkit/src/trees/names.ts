import type { HostileTree } from './hostile-tree.js';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** One file for each name; names that occur twice are made once. */
function files(name: string, about: string, names: readonly (string | Buffer)[]): HostileTree {
  return {
    name,
    about,
    build(directory) {
      const made = new Set<string>();
      for (const each of names) {
        const key = Buffer.from(each).toString('latin1');
        if (!made.has(key)) directory.file(each, { content: 'n' });
        made.add(key);
      }
    },
  };
}

/** Every byte that a name may have, alone where it is no UTF-8, and every way UTF-8 can be broken. */
const byteNames = files('names-bytes', 'names that are not UTF-8', [
  Buffer.from(range(1, 255).filter((byte) => byte !== 0x2f)),
  ...range(0x80, 0xff).map((byte) => Buffer.from([byte])),
  latin1('na\xefve.txt'),
  latin1('data.\xe9\xe8'),
  hex('c0 af'), // "/" in two bytes
  hex('e0 80 af'), // in three
  hex('f0 80 80 af'), // in four
  hex('c1 bf'),
  hex('ed a0 80'), // a high surrogate
  hex('ed a0 bd ed b2 a9'), // a pair of them
  hex('ed b2 80 78'), // what Python makes of a byte, as UTF-8
  hex('f4 90 80 80'), // beyond U+10FFFF
  hex('f8 88 80 80 80'),
  hex('fe ff'),
  hex('61 c3'), // broken off after one byte of two,
  hex('61 e2 82'), // two of three,
  hex('61 f0 9f 92'), // three of four
  hex('c3 28'),
  hex('80 c3 a9 80 c3 a9'),
  Buffer.from('\\xff'), // the display form of another name
  Buffer.from('back\\slash'),
]);

/** What a terminal or a log would obey. Every control, alone and at work. */
const terminalNames = files('names-terminal', 'names that command a terminal or forge a log line', [
  ...[...range(0x01, 0x1f), 0x7f].map((byte) => Buffer.from([0x63, byte, 0x64])),
  ...range(0x80, 0x9f).map((code) => `u${String.fromCodePoint(code)}`),
  ...range(0x80, 0x9f).map((byte) => Buffer.from([0x72, byte, 0x33, 0x31, 0x6d])),
  ...[0xad, 0x61c, 0x180e, 0xfeff, 0xfff9, 0xfffb, 0xe0001, 0xe0041].map(
    (code) => `f${String.fromCodePoint(code)}`,
  ),
  ...[...range(0x200b, 0x200f), ...range(0x2028, 0x202e), ...range(0x2060, 0x206f)].map(
    (code) => `b${String.fromCodePoint(code)}exe.txt`,
  ),
  '\u001b[31mred\u001b[0m',
  '\u001b[1A\u001b[2Koverwritten',
  '\u001b[8mhidden',
  '\u001b[?1049h',
  '\u001b]0;title\u0007',
  '\u001b]8;;http:example.org\u001b\\link\u001b]8;;\u001b\\',
  '\u001b]52;c;ZWNobyBoaQ==\u0007',
  '\u001bP0;1|17;ls\u001b\\',
  '\u001bc',
  '\u009b2J',
  'done\rcomplete, no errors',
  'line\n0 errors\npwalk: all is well',
  '\n',
  'ends\n',
  'tab\tstop',
  'evil\u202etxt.sh',
  '\u2066\u2067\u2068nested',
]);

/** What files of records, spreadsheets, pages, queries, shells and JavaScript objects would obey. */
const recordNames = files(
  'names-records',
  'names that break CSV, spreadsheets, HTML, SQL or code',
  [
    '"',
    '""',
    '","',
    'a,b',
    'a;b|c\td',
    "it's",
    'quo"te',
    'ends with "',
    '"starts',
    'x"\r\n"1","2","3","forged',
    'x\n1,2,3,forged',
    'cr\rcr',
    '\\',
    '\\n',
    '\\"',
    '=1+1',
    "=cmd|' -C calc'!A1",
    '+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\uff1d1+1',
    '\uff0b1',
    '\uff0d1',
    '\uff20A1',
    "'=1",
    ' =1',
    '<script>alert(1)<',
    '<img src=x onerror=alert(1)>',
    '&lt;&#0;',
    "'; drop table entries; --",
    "x' or '1'='1",
    '{"a":[1]}',
    'null',
    'NULL',
    'NaN',
    'true',
    '-0',
    '1e999',
    '9007199254740993',
    '__proto__',
    'constructor',
    'toString',
    'a.__proto__',
    'a.constructor',
    '*',
    '?',
    '[a-z]',
    '{a,b}',
    '**',
    '!not',
    '#comment',
    '~',
    '$HOME',
    '$(id)',
    '`id`',
    '; id',
    '| id',
    '-rf',
    '--',
    '-',
    '--output=x',
    '@file',
    '%s%n',
    '%2e%2e%2f',
    '%00',
    '*.parquet',
    'C:\\x',
    'nul',
    'a:b',
  ],
);

/** What looks alike, is equal after normalization, or has no width. */
const unicodeNames = files('names-unicode', 'names that only a comparison of bytes tells apart', [
  '\u00e9',
  'e\u0301',
  '\u212b',
  '\u00c5',
  'A\u030a',
  '\uac00',
  '\u1100\u1161',
  '\u2126',
  '\u03a9',
  'ff',
  '\ufb00',
  'Readme',
  'README',
  'readme',
  '\u0130',
  'i\u0307',
  '\u0131',
  'stra\u00dfe',
  'STRASSE',
  'a',
  '\u0430',
  'a\u200bb',
  'ab',
  '\ufffd',
  '\ufffe',
  '\uffff',
  '\ud83d\udca9',
  '\ud83d\udc69\u200d\ud83d\udcbb',
  '\u05e9\u05dc\u05d5\u05dd.txt',
  `z${'\u0300\u0316'.repeat(40)}`,
  ' ',
  '  ',
  ' lead',
  'trail ',
  '\u00a0',
  '\u3000',
  '...',
  '..x',
  '. ',
  '.hidden',
  '.hidden.txt',
  'dot.',
  'a.tar.gz',
  '..ext',
]);

/** As long as a name may be, in characters of every width, and what grows when it is quoted. */
const longNames = files('names-long', 'names of 255 bytes', [
  'l'.repeat(255),
  '"'.repeat(255),
  '\u001b'.repeat(255),
  '\n'.repeat(255),
  Buffer.alloc(255, 0xff),
  '\u20ac'.repeat(85),
  Buffer.concat([Buffer.from('\ud83d\udca9'.repeat(63)), hex('f0 9f')]),
  `x.${'e'.repeat(253)}`,
  `x.${'"'.repeat(253)}`,
  Buffer.concat([Buffer.from('x.'), Buffer.alloc(253, 0xe9)]),
  `.${'h'.repeat(254)}`,
]);

/** The same for directories, whose names become part of the paths of everything below. */
const directoryNames: HostileTree = {
  name: 'names-of-directories',
  about: 'directories with such names',
  build(directory) {
    for (const name of [
      latin1('\xff\xfe'),
      latin1('caf\xe9'),
      hex('61 f0 9f 92'),
      'new\nline',
      '\u001b[31mred',
      '"',
      '=1+1',
      '-rf',
      '*',
      ' ',
      '...',
      '\\',
      '__proto__',
      '\u202ereversed',
      'e\u0301',
      '\u00e9',
      'D'.repeat(255),
    ]) {
      directory.directory(name, {}, (inner) => {
        inner.file('inside');
        inner.file(hex('ff 0a'));
        inner.directory(name, {}, (innermost) => innermost.file(name));
      });
    }
  },
};

export const nameTrees = {
  'names-bytes': byteNames,
  'names-terminal': terminalNames,
  'names-records': recordNames,
  'names-unicode': unicodeNames,
  'names-long': longNames,
  'names-of-directories': directoryNames,
} as const;
