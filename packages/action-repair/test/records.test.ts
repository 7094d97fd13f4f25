import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { recordLayout } from '../src/change-records.js';
import { crc32c } from '../src/crc32c.js';
import { undo } from '../src/index.js';
import { journaldMessage, syslogMessage } from '../src/system-log.js';
import { refusal, repairing } from './support/repairing.js';
import { image, isRoot, project, scratch, state, USER } from './support/tree.js';

const here = scratch();
const journal = () => here.at('journal');

it('records have the same layout in C++ and TypeScript', () => {
  expect(loadAddon().recordLayout()).toEqual(recordLayout);
});

it('the checksum is CRC-32C', () => {
  // RFC 3720, B.4
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
});

describe.runIf(isRoot)('the journal', () => {
  async function applied() {
    const top = project(here);
    const before = state(top);
    await repairing(top, { apply: true, journal: journal(), forceGroupWritable: true });
    return { top, before };
  }

  it('is for its owner only', async () => {
    await applied();
    expect(image(journal())).toBe('0:0 600');
  });

  it('may end in a line that a crash tore off', async () => {
    const { top, before } = await applied();
    appendFileSync(journal(), '12345678 {"is":"change","seq":');
    expect(await undo(journal())).toMatchObject({ applied: 4, exitCode: 0 });
    expect(state(top)).toEqual(before);
    expect(await undo(journal())).toMatchObject({ planned: 0, applied: 0, exitCode: 0 });
  });

  it('is refused when a line in the middle is damaged', async () => {
    const { top } = await applied();
    const after = state(top, { ctime: true });
    writeFileSync(journal(), readFileSync(journal(), 'utf8').replace('"seq":2', '"seq":3'));
    expect(await refusal(undo(journal()))).toBe('PWALK_JOURNAL_REFUSED');
    expect(state(top, { ctime: true })).toEqual(after);
  });

  it.each([
    ['others can write it', () => chmodSync(journal(), 0o666)],
    ['it is not there', () => renameAway()],
    ['it is something else', () => writeFileSync(journal(), 'hello\n')],
  ])('is refused when %s', async (_, damage) => {
    const { top } = await applied();
    const after = state(top, { ctime: true });
    damage();
    expect(await refusal(undo(journal()))).toBe('PWALK_JOURNAL_REFUSED');
    expect(state(top, { ctime: true })).toEqual(after);
  });

  function renameAway() {
    writeFileSync(here.at('elsewhere'), readFileSync(journal()));
    mkdirSync(here.at('empty'));
    chmodSync(journal(), 0o600);
    writeFileSync(journal(), '');
  }

  it('gives back only what is still as the repair left it', async () => {
    const { top } = await applied();
    chmodSync(join(top, 'a/f'), 0o666);
    const undone = await undo(journal());
    expect(undone).toMatchObject({ planned: 4, applied: 3, stale: 1, exitCode: 3 });
    expect(image(join(top, 'a/f'))).toMatch(/ 666$/);
  });

  it('R11: a limit leaves exactly so many changes, and the next run goes on', async () => {
    const top = project(here);
    const options = { apply: true, forceGroupWritable: true } as const;
    const first = await repairing(top, { ...options, journal: journal(), maxChanges: 3 });
    expect(first).toMatchObject({ applied: 3, stopped: 'max-changes', exitCode: 75 });
    const done = readFileSync(journal(), 'utf8').match(/"status":"done"/g);
    expect(done).toHaveLength(3);
    const second = await repairing(top, { ...options, journal: journal() });
    expect(second).toMatchObject({ applied: 1, exitCode: 0 });
  });
});

describe.runIf(isRoot)('the audit log', () => {
  const logs = () => readdirSync(here.path).filter((name) => name.endsWith('.audit.jsonl'));

  it('has a line for each change, each with the hash of the one before', async () => {
    const top = project(here);
    await repairing(top, { apply: true, journal: journal() });
    const [name] = logs();
    expect(image(here.at(name))).toBe('0:0 600');
    const lines = readFileSync(here.at(name), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    let previous = '0'.repeat(64);
    for (const line of lines) {
      expect(JSON.parse(line)).toMatchObject({ previous, euid: 0, pid: process.pid });
      previous = createHash('sha256').update(line).digest('hex');
    }
    expect(JSON.parse(lines[1])).toMatchObject({ action: 'change', status: 'done' });
    expect(JSON.parse(lines[5])).toMatchObject({ action: 'end', applied: 4 });
  });

  it('leaves nothing behind when nothing was to be changed', async () => {
    const top = project(here);
    await repairing(top, { apply: true, journal: journal() });
    await repairing(top, { apply: true, journal: here.at('second') });
    expect(readdirSync(here.path).filter((name) => name.startsWith('second'))).toEqual([]);
  });

  it('goes to the log of the system too, where one listens', async () => {
    const top = project(here);
    const script = join(dirname(fileURLToPath(import.meta.url)), 'support/system-log.py');
    const child = spawn('unshare', ['-m', 'python3', script, process.execPath, top, journal()], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const messages = out.trimEnd().split('\n');
    expect(messages).toHaveLength(6);
    expect(messages[1]).toMatch(
      /^<85>1 \S+ \S+ pwalk \d+ repair \[pwalk@32473 run="[^"]+" action="change" status="done" path="a\/b\/run.sh" .*\] repair: change done$/,
    );
  });

  it('no log to write: nothing is changed', async () => {
    const top = project(here);
    const before = state(top, { ctime: true });
    here.directory('theirs', { uid: USER, gid: USER });
    const given = { apply: true, journal: here.at('theirs/journal') };
    expect(await refusal(repairing(top, given))).toBe('PWALK_JOURNAL_REFUSED');
    expect(state(top, { ctime: true })).toEqual(before);
  });
});

describe('no name can forge a record', () => {
  const hostile = { action: 'change', status: 'done', path: 'a"] b\\\\c\nd' };

  it('of RFC 5424', () => {
    const message = syslogMessage('run', { ...hostile, path: 'x"y]z\\w' }).toString();
    expect(message).toContain('path="x\\"y\\]z\\\\w"');
  });

  it('of journald', () => {
    const message = journaldMessage('run', hostile);
    const at = message.indexOf('PWALK_PATH\n') + 'PWALK_PATH\n'.length;
    expect(message.readBigUInt64LE(at)).toBe(BigInt(Buffer.byteLength(hostile.path)));
  });
});
