import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { progressText } from '../src/progress-line.js';
import { command, scratch } from './support/pwalk.js';

const has = (program: string, flag: string) => spawnSync(program, [flag]).status === 0;
const here = scratch();
/** A root whose name would turn a terminal's text red, or end its line. */
const hostile = 'red \x1b[31m\n';

/** Ends what a test has left running. */
let endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings) end();
  endings = [];
});

/** A report that stands still: the reader of its output has stopped reading. Its process says its id in `pid`. */
beforeEach(() => {
  const stalled = 'mkfifo fifo; sleep 60 < fifo & echo $! > reader';
  execFileSync('sh', ['-c', `(${stalled}) >/dev/null 2>&1`], { cwd: here.path });
  mkdirSync(here.at(hostile));
  endings.push(() => {
    for (const file of ['pid', 'reader']) {
      try {
        process.kill(Number(readFileSync(here.at(file), 'utf8')));
      } catch {}
    }
  });
});

function stalledReport(...flags: string[]): string {
  const words = ['report', '/usr', '/usr', '/usr', '/usr', hostile, '-o', 'fifo', ...flags];
  const quoted = words.map((word) => `'${word}'`).join(' ');
  return `echo $$ > pid; exec '${process.execPath}' '${command}' ${quoted}`;
}

describe.runIf(has('tmux', '-V'))('the line of progress, in a terminal', () => {
  it.each([
    [40, /^[\d,]+ entries, [\d,]+\/s$/],
    [200, /^[\d,]+ entries, [\d,]+\/s, [\d,]+ directories queued, 0 errors$/],
  ])('of %i columns is one line, and as much of it as fits', async (columns, line) => {
    const tmux = (...args: string[]) =>
      execFileSync('tmux', ['-S', here.at('socket'), ...args], {
        cwd: here.path,
        encoding: 'utf8',
      });
    endings.push(() => {
      try {
        tmux('kill-server');
      } catch {}
    });
    const size = ['-x', String(columns), '-y', '10'];
    tmux('-f', '/dev/null', 'new-session', '-d', ...size, 'sh', '-c', stalledReport());
    const shown = () => tmux('capture-pane', '-p').trimEnd();
    await expect.poll(shown, { timeout: 30_000, interval: 200 }).toMatch(line);
    expect(shown().length).toBeLessThan(columns);
    process.kill(Number(readFileSync(here.at('pid'), 'utf8')));
  });
});

describe.runIf(has('script', '--version'))('what reaches a terminal', () => {
  /** Runs a shell line with a terminal as its standard output and error. */
  function inTerminal(line: string) {
    const child = spawn('script', ['-qefc', line, '/dev/null'], {
      cwd: here.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seen = { text: '', startedAt: performance.now() };
    child.stdout.on('data', (chunk) => {
      seen.text += chunk;
    });
    return { child, seen };
  }

  it('is redrawn ten times a second at most, holds no names, and is gone in the end', async () => {
    const { child, seen } = inTerminal(stalledReport());
    const frames = () => seen.text.split('entries').length - 1;
    await expect.poll(frames, { timeout: 30_000 }).toBeGreaterThan(15);
    const seconds = (performance.now() - seen.startedAt) / 1000;
    expect(frames()).toBeLessThanOrEqual(seconds * 10 + 1);
    process.kill(Number(readFileSync(here.at('pid'), 'utf8')));
    await once(child, 'close');
    expect(seen.text.replaceAll('\x1b[K', '').replace(/[\r\n]/g, '')).toMatch(/^[\x20-\x7e]*$/);
    const [last] = seen.text.split('\r\x1b[K').slice(-1);
    expect(last).toBe('pwalk: The run was cancelled; unfinished outputs were discarded.\r\n');
  });

  const reported = 'report /usr /usr /usr -o /dev/null';
  const configured = 'run -c c.json /usr /usr /usr';

  it.each([
    [`${reported} --no-progress`],
    [`${reported} --quiet`],
    [`${configured} --no-progress`],
    [`${configured} --quiet`],
  ])('is nothing: %s', async (words) => {
    writeFileSync(here.at('c.json'), '{}');
    const { child, seen } = inTerminal(`'${process.execPath}' '${command}' ${words} >/dev/null`);
    await once(child, 'close');
    expect(seen.text).toBe('');
  });

  it('is there for a pipeline of a config, and gone in the end', async () => {
    writeFileSync(here.at('c.json'), '{}');
    const { child, seen } = inTerminal(
      `'${process.execPath}' '${command}' ${configured} >/dev/null`,
    );
    await once(child, 'close');
    expect(seen.text).toMatch(/^\r[\d,]+ entries, [\d,]+\/s, .*\x1b\[K\r\x1b\[K$/s);
  });
});

it('there is none where standard error is no terminal', () => {
  const { stderr } = spawnSync(
    process.execPath,
    [command, 'report', '/usr', '/usr', '/usr', '-o', '/dev/null'],
    {
      cwd: here.path,
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
});

describe('the text of it', () => {
  const progress = {
    entries: 123_456_789,
    entriesPerSecond: 987_654.3,
    queuedDirectories: 1_234,
    overflowBytes: 0,
    errors: 5,
    seconds: 125,
    expectedEntries: 4_000_000_000,
    secondsLeft: 3_722.1,
  };

  it('leaves out what matters least, and never takes more columns than there are', () => {
    const whole =
      '123,456,789 entries, 987,654/s, 1,234 directories queued, 5 errors, 1:02:03 left';
    expect(progressText(progress, 200)).toBe(whole);
    expect(progressText(progress, 60)).toBe(
      '123,456,789 entries, 987,654/s, 5 errors, 1:02:03 left',
    );
    expect(progressText(progress, 40)).toBe('123,456,789 entries, 987,654/s, 5 errors');
    expect(progressText(progress, 35)).toBe('123,456,789 entries, 5 errors');
    for (let columns = 0; columns <= 200; columns++) {
      expect(progressText(progress, columns).length).toBeLessThanOrEqual(columns);
    }
  });

  it('says how much was found and is still to be written', () => {
    const spilling = { ...progress, overflowBytes: 12_900_000 };
    expect(progressText(spilling, 200)).toBe(
      '123,456,789 entries, 987,654/s, 1,234 directories queued, 5 errors, 12.3 MiB to be written, 1:02:03 left',
    );
    expect(progressText(spilling, 65)).toBe(
      '123,456,789 entries, 987,654/s, 5 errors, 12.3 MiB to be written',
    );
  });
});
