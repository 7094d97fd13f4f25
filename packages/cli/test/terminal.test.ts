import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { buildTrees, type HostileTree } from '@pwalk/testkit/trees';
import { describe, expect, it } from 'vitest';
import { command, scratch } from './support/pwalk.js';

const here = scratch();

/** Names that command a terminal: each is a directory nobody may list, and so in an error message. */
const names = [
  '\u001b[31mred\u001b[2J',
  '\u001b]0;title\u0007',
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001bP0;1|17;ls\u001b\\',
  '\u009b2J',
  Buffer.from([0x72, 0x9b, 0x33, 0x31, 0x6d]),
  'back\b\b\bspace\u007f',
  'done\rcomplete',
  'line\n0 errors\npwalk: all is well',
  'evil\u202etxt.sh',
];
const locked: HostileTree = {
  name: 'locked',
  about: 'directories of such names that nobody but root may list',
  build(directory) {
    for (const name of names) directory.directory(name, { mode: 0o000 });
  },
};

/** What a terminal is sent by a shell script, run as an ordinary user. */
function onTerminal(script: Buffer): Buffer {
  chmodSync(here.path, 0o777);
  writeFileSync(here.at('script.sh'), script);
  const user =
    process.geteuid?.() === 0 ? 'setpriv --reuid 65534 --regid 65534 --clear-groups' : '';
  return spawnSync('script', ['-qec', `${user} sh ${here.at('script.sh')}`, '/dev/null'], {
    cwd: here.path,
    timeout: 60_000,
  }).stdout;
}

/** A shell command line of the bytes given. */
function line(...words: (string | Buffer)[]): Buffer {
  const quoted = [process.execPath, command, ...words].map((word) => {
    const text = Buffer.from(word).toString('latin1').replaceAll("'", "'\\''");
    return Buffer.from(` '${text}'`, 'latin1');
  });
  return Buffer.concat([...quoted, Buffer.from('\n')]);
}

/** What a progress line may use: erase the line, hide or show the cursor, go to a column, wrap or not. */
const ownSequences = /\u001b\[(?:[0-2]?K|\?25[lh]|\?7[lh]|\d*G)/g;

/** Controls but the ends of lines and the return of a progress line; format and bidi characters. */
const harmful = /(?![\r\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u;

function expectHarmless(output: Buffer): void {
  expect(output.toString('utf8').replaceAll(ownSequences, '')).not.toMatch(harmful);
}

describe('on a terminal', () => {
  it('H17 names in the summary of errors command nothing, and forge no line', () => {
    const built = buildTrees(here.at('tree'), [locked]);
    const output = onTerminal(line('report', built.path, '-o', here.at('s.parquet')));
    expectHarmless(output);
    const lines = String(output).split(/\r*\n|\r/);
    expect(lines.filter((each) => each.includes('/locked/'))).toHaveLength(names.length);
    expect(String(output)).toContain('/locked/\\x1b[31mred\\x1b[2J: ');
    expect(String(output)).toContain('/locked/r\\x9b31m: ');
    expect(lines).not.toContain('pwalk: all is well');
    built.remove();
  });

  it('shows no binary data', () => {
    const outputs = [
      ['-'],
      ['/dev/stdout', '--format', 'arrow'],
      ['-', '--format', 'csv', '--compression', 'zstd'],
      ['/dev/tty', '--format', 'arrow-stream'],
    ];
    const lines = outputs.map((words) => line('report', '/etc/passwd', '-q', '-o', ...words));
    const output = String(onTerminal(Buffer.concat(lines)));
    expect(
      output.match(/^pwalk: .* is a terminal, and the data is binary; redirect it/gm),
    ).toHaveLength(outputs.length);
    expect(output.trimEnd().split('\n')).toHaveLength(outputs.length);
    expect(
      String(onTerminal(line('report', '/etc/passwd', '-q', '-o', '-', '--format', 'csv'))),
    ).toContain('/etc/passwd');
  });

  it.each(['csv', 'dey-csv', 'jsonl'])('H17 names in %s shown there command nothing', (format) => {
    const built = buildTrees(here.at('tree'), ['names-terminal', 'names-of-directories']);
    const output = onTerminal(line('report', built.path, '-q', '-o', '-', '--format', format));
    // A tab is layout, as the end of a line is.
    expectHarmless(Buffer.from(String(output).replaceAll('\t', ' ')));
    expect(String(output)).toContain('/names-terminal/');
    built.remove();
  });

  it('H17 neither do the words of the command line in messages about them', () => {
    const evil = '\u001b[31m\u009b2J\u202e\u0007\nx';
    const lines = [
      ['report', Buffer.from(`/no/such/${evil}`)],
      ['report', Buffer.concat([Buffer.from('/no/such/'), Buffer.from([0xff, 0x9b])])],
      ['report', '/etc/passwd', '-o', `/no/such/${evil}/s.parquet`],
      ['report', '/etc/passwd', '--columns', evil],
      ['report', '/etc/passwd', '--format', evil],
      ['report', '/etc/passwd', '--memory', evil],
      ['report', '/etc/passwd', '--threads', evil],
      ['report', '/etc/passwd', `--${evil}`],
      ['run', '--config', `/no/such/${evil}.yaml`],
      [evil],
    ];
    const output = onTerminal(Buffer.concat(lines.map((words) => line(...words))));
    expect(String(output).match(/^pwalk: .*$/gm)).toHaveLength(lines.length);
    expectHarmless(output);
  });

  it('H18 nor do names that pass while progress is shown, or that outputs have', () => {
    const built = buildTrees(here.at('tree'), ['names-terminal', 'names-of-directories']);
    const out = (name: string | Buffer) =>
      Buffer.concat([Buffer.from(here.at('')), Buffer.from(name)]);
    for (const words of [
      ['report', built.path, '-o', out('/\u001b[31m\u202e\n.parquet')],
      ['report', built.path, '-o', out('/\u009b2J\u007f.csv'), '--json'],
    ]) {
      const output = onTerminal(line(...words));
      expect(String(output)).toMatch(/entries|rows/);
      expectHarmless(output);
    }
    built.remove();
  });
});
