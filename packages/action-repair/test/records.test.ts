import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadAddon } from '../src/addon.js';
import { Change, changesIn } from '../src/change.js';
import { ChangeRecords } from '../src/change-records.js';
import { crc32c } from '../src/crc32c.js';
import { undo } from '../src/index.js';
import { nomineeLayout } from '../src/nominees.js';
import { recordLayout } from '../src/record-layout.js';
import { inGroups, Spool } from '../src/spool.js';
import { journaldMessage, syslogMessage } from '../src/system-log.js';
import { refusal, repairing } from './support/repairing.js';
import {
  GROUP,
  image,
  isRoot,
  project,
  scratch,
  state,
  testProgram,
  USER,
} from './support/tree.js';

const here = scratch();
const journal = () => here.at('journal');

it('records have the same layout in C++ and TypeScript', () => {
  expect(loadAddon().recordLayout()).toEqual(recordLayout);
  expect(loadAddon().nomineeLayout()).toEqual(nomineeLayout);
});

it('a plan that is too large for memory is read back from disk as it was', async () => {
  const spool = new Spool(1000);
  const expected: string[] = [];
  for (let i = 0; i < 100; i++) {
    const records = new ChangeRecords();
    const names = Buffer.from(`${'d/'.repeat(i % 3)}f${i}`);
    const [inode, dev] = [BigInt(i), 1n];
    const image = {
      mode: 0o100644,
      uid: i,
      gid: i,
      nlink: 1,
      newMode: 0o664,
      newUid: i,
      newGid: 7,
    };
    records.append({ names, dev, inode, ...image });
    spool.add(i % 3, new Change(records.finish()));
    await spool.settle();
    if (i % 3 === 1) expected.push(names.toString());
  }
  expect(spool.piles).toEqual([0, 1, 2]);
  const found: string[] = [];
  for await (const group of inGroups(spool.read(1), () => 7)) {
    const changes = [...changesIn(group)];
    expect(changes.length).toBeLessThanOrEqual(7);
    found.push(...changes.map(({ path }) => path.toString()));
  }
  expect(found).toEqual(expected);
  await spool.close();
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

  it.each(['', '12345678 {"is":"begin","version"'])(
    'that a run was killed over before its first line, "%s", is begun anew',
    async (torn) => {
      const before = state(project(here));
      writeFileSync(journal(), torn, { mode: 0o600 });
      const options = { apply: true, journal: journal(), forceGroupWritable: true };
      expect(await repairing(here.at('proj'), options)).toMatchObject({ applied: 4, exitCode: 0 });
      expect(await undo(journal())).toMatchObject({ applied: 4, exitCode: 0 });
      expect(state(here.at('proj'))).toEqual(before);
    },
  );

  it('is never begun in a file that holds something else', async () => {
    writeFileSync(journal(), 'notes', { mode: 0o600 });
    const options = { apply: true, journal: journal() };
    expect(await refusal(repairing(project(here), options))).toBe('PWALK_JOURNAL_REFUSED');
    expect(readFileSync(journal(), 'utf8')).toBe('notes');
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

  describe('of a file with several names, of which the first is gone', () => {
    /** Repairs such a file, and puts another in the place of its first name. */
    async function displaced() {
      const top = here.directory('proj', { gid: GROUP, mode: 0o2775 });
      here.file('proj/f', { uid: USER, gid: USER, mode: 0o600 });
      here.link('proj/f', 'proj/g');
      await repairing(top, { apply: true, journal: journal(), forceGroupWritable: true });
      const [, first] = readFileSync(journal(), 'utf8').match(/"path":"([fg])"/) ?? [];
      rmSync(join(top, first));
      const repaired = { uid: USER, gid: GROUP, mode: 0o660 };
      here.file(`proj/${first}`, repaired);
      return [join(top, first === 'f' ? 'g' : 'f'), join(top, first)];
    }

    it('the others are tried, and what took its place is left alone', async () => {
      const [left, foreign] = await displaced();
      expect(await undo(journal())).toMatchObject({ applied: 1, stale: 0, exitCode: 0 });
      expect(image(left)).toBe(`${USER}:${USER} 600`);
      expect(image(foreign)).toBe(`${USER}:${GROUP} 660`);
    });

    it('so too by a run that goes on where one was killed', async () => {
      const [left] = await displaced();
      const text = readFileSync(journal(), 'utf8');
      // As if it had been killed before it could say what came of the change.
      const end = text.indexOf('\n', text.indexOf('"is":"change"')) + 1;
      writeFileSync(journal(), text.slice(0, end));
      await repairing(here.at('proj'), { apply: true, journal: journal() });
      expect(readFileSync(journal(), 'utf8')).toContain('"is":"result","seq":1,"status":"done"');
      expect(await undo(journal())).toMatchObject({ applied: 1, exitCode: 0 });
      expect(image(left)).toBe(`${USER}:${USER} 600`);
    });
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
    here.symlink('a', 'proj/link', USER);
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
    expect(JSON.parse(lines[5])).toMatchObject({ action: 'end', applied: 4, skipped_symlink: 1 });
  });

  it('leaves nothing behind when nothing was to be changed', async () => {
    const top = project(here);
    await repairing(top, { apply: true, journal: journal() });
    await repairing(top, { apply: true, journal: here.at('second') });
    expect(readdirSync(here.path).filter((name) => name.startsWith('second'))).toEqual([]);
  });

  /** Repairs `top` where the log of the system is a socket of ours: what it got, and what was said. */
  function repairListening(top: string, journal: string) {
    const script = join(dirname(fileURLToPath(import.meta.url)), 'support/repair.mjs');
    mkdirSync(here.at('dev'), { recursive: true });
    // A /dev of our own, with a socket of our own, and no other log of the machine in reach.
    const setUp = `
      mount --make-rprivate /
      mount --rbind /dev '${here.at('dev')}'
      mount -t tmpfs none /dev
      mount -t tmpfs none /run
      for f in null urandom; do touch /dev/$f; mount --bind '${here.at('dev')}'/$f /dev/$f; done
      exec "$@"`;
    const listening = [testProgram('fixture'), 'listen', '/dev/log', process.execPath, script];
    const flags = ['-m', 'sh', '-ec', setUp, 'sh', ...listening, top, journal];
    const { stdout, stderr } = spawnSync('unshare', flags, { encoding: 'utf8' });
    return { messages: stdout.split('\n').filter((line) => line.startsWith('<')), stderr };
  }

  it('that cannot be created keeps everything from being changed, also where a system log listens', () => {
    const top = project(here);
    const before = state(top, { ctime: true });
    // Its own name is too long where that of the journal is not.
    const { stderr } = repairListening(top, here.at('j'.repeat(250)));
    expect(stderr).toMatch(
      /^PWALK_APPLY_REFUSED: Nothing is changed without a record: .*ENAMETOOLONG/,
    );
    expect(state(top, { ctime: true })).toEqual(before);
    expect(readdirSync(here.path).sort()).toEqual(['dev', 'proj']);
    // With a name that fits the same repair changes things, and the log of the system hears of it.
    expect(repairListening(top, journal()).messages.length).toBeGreaterThan(1);
    expect(state(top, { ctime: true })).not.toEqual(before);
  });

  it('goes to the log of the system too, where one listens', () => {
    const { messages } = repairListening(project(here), journal());
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
