import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch, sql, startPwalk } from './support/pwalk.js';

const isRoot = process.getuid?.() === 0;
const here = scratch();

/** A small tree of its own for each test. */
function tree(): string {
  mkdirSync(here.at('tree', 'sub', 'deeper'), { recursive: true });
  writeFileSync(here.at('tree', 'one.txt'), 'x'.repeat(100));
  writeFileSync(here.at('tree', 'sub', 'two'), '');
  symlinkSync('one.txt', here.at('tree', 'link'));
  writeFileSync(Buffer.concat([Buffer.from(here.at('tree', 'raw-')), Buffer.from([0xff])]), '');
  return here.at('tree');
}

describe('pwalk report', () => {
  it('writes scan.parquet in the working directory, with as many rows as find prints', async () => {
    const { status, stdout } = pwalk(['report', '/usr/share/doc'], { cwd: here.path });
    expect(status).toBe(0);
    const found = Number(execFileSync('sh', ['-c', 'find /usr/share/doc | wc -l']));
    const [{ rows }] = await sql(`select count(*)::int as rows from '${here.at('scan.parquet')}'`);
    expect(rows).toBe(found);
    const grouped = new Intl.NumberFormat('en-US').format(found);
    expect(stdout).toContain(`${grouped} read = ${grouped} rows\n`);
    expect(readdirSync(here.path)).toEqual(['scan.parquet']);
  });

  it('gives every stat column of every row the value find prints', async () => {
    execFileSync('cp', ['-a', '/usr/share/doc', here.at('tree')]);
    execFileSync(
      'sh',
      ['-c', 'mkfifo fifo; ln -s nowhere broken; ln */copyright . 2>/dev/null; true'],
      { cwd: here.at('tree') },
    );
    expect(pwalk(['report', here.at('tree'), '-o', here.at('s.parquet'), '-q'])).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
    execFileSync(
      'sh',
      [
        '-c',
        `find tree -printf '${here.path}/%p\\t%i\\t%#m\\t%n\\t%U\\t%G\\t%s\\t%b\\t%T@\\t%C@\\t%D\\t%d\\n' > find.tsv`,
      ],
      { cwd: here.path },
    );
    const columns = `{'path': 'VARCHAR', 'inode': 'UBIGINT', 'mode': 'VARCHAR', 'nlink': 'UBIGINT', 'uid': 'UBIGINT', 'gid': 'UBIGINT', 'size': 'UBIGINT', 'blocks': 'UBIGINT', 'mtime': 'DECIMAL(30,9)', 'ctime': 'DECIMAL(30,9)', 'dev': 'UBIGINT', 'depth': 'INT'}`;
    const [result] = await sql(`
      with f as (select * from read_csv('${here.at('find.tsv')}', delim = '\\t', header = false, quote = '', escape = '', columns = ${columns}))
      select count(*)::int as rows, count(*) filter (
        p.path is null or f.path is null or p.inode <> f.inode or p.nlink <> f.nlink or p.uid <> f.uid or p.gid <> f.gid
        or p.size <> f.size or p.blocks <> f.blocks or p.dev <> f.dev or p.depth <> f.depth - 1
        or printf('0%o', p.mode & 4095) <> f.mode
        or epoch_us(p.mtime) <> floor(f.mtime * 1000000) or epoch_us(p.ctime) <> floor(f.ctime * 1000000)
      )::int as different
      from '${here.at('s.parquet')}' p full join f using (path)`);
    expect(result.rows).toBeGreaterThan(1000);
    expect(result.different).toBe(0);
    const types = await sql(
      `select column_name as name, column_type as type from (describe from '${here.at('s.parquet')}') where column_name in ('inode', 'mtime', 'path_raw')`,
    );
    expect(types).toEqual([
      { name: 'path_raw', type: 'BLOB' },
      { name: 'inode', type: 'UBIGINT' },
      { name: 'mtime', type: 'TIMESTAMP WITH TIME ZONE' },
    ]);
  });

  it('prints one JSON object, whose numbers are those of the file', async () => {
    const { status, stdout } = pwalk(['report', tree(), '-o', here.at('s.parquet'), '--json']);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      entries: 7,
      files: 3,
      directories: 3,
      symlinks: 1,
      other: 0,
      bytes: 107,
      errors: 0,
      vanished: 0,
      skipped: 0,
      complete: true,
      exitCode: 0,
      outputs: [
        {
          path: here.at('s.parquet'),
          format: 'parquet',
          rows: 7,
          bytes: lstatSync(here.at('s.parquet')).size,
        },
      ],
    });
    expect(status).toBe(0);
  });

  it('writes facts about the scan into the file', async () => {
    pwalk(['report', tree(), '-o', here.at('s.parquet'), '-q']);
    const rows = await sql(
      `select decode(key) as key, decode(value) as value from parquet_kv_metadata('${here.at('s.parquet')}') where decode(key) like 'pwalk.%'`,
    );
    const facts = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    expect(facts).toMatchObject({
      'pwalk.schema_version': '1',
      'pwalk.complete': 'true',
      'pwalk.roots': JSON.stringify([here.at('tree')]),
    });
  });

  it('gives names that are not UTF-8 back byte for byte', async () => {
    pwalk(['report', tree(), '-o', here.at('s.parquet'), '-q']);
    const rows = await sql(
      `select path, hex(path_raw) as raw from '${here.at('s.parquet')}' where path_raw is not null`,
    );
    const exact = Buffer.concat([Buffer.from(here.at('tree', 'raw-')), Buffer.from([0xff])]);
    expect(rows).toEqual([
      { path: `${here.at('tree')}/raw-\\xff`, raw: exact.toString('hex').toUpperCase() },
    ]);
  });

  it('walks a root whose name is not UTF-8', () => {
    execFileSync('sh', [
      '-c',
      `cd ${here.path} && d=$(printf 'dir-\\377') && mkdir "$d" && touch "$d/inside" && ${process.execPath} ${command} report "$d" -o s.parquet --json > out.json`,
    ]);
    expect(JSON.parse(readFileSync(here.at('out.json'), 'utf8'))).toMatchObject({
      entries: 2,
      files: 1,
    });
  });

  it('does not report the file it is writing, and says so', () => {
    const { stdout } = pwalk(['report', tree(), '-o', here.at('tree', 's.parquet')]);
    expect(stdout).toContain('8 read = 7 rows + 1 excluded\n');
  });

  it('writes to standard output with -, and the summary to standard error', async () => {
    const child = spawnSync(process.execPath, [command, 'report', tree(), '-o', '-', '--json'], {
      maxBuffer: 1 << 28,
    });
    expect(JSON.parse(String(child.stderr))).toMatchObject({
      entries: 7,
      outputs: [{ path: '-' }],
    });
    writeFileSync(here.at('s.parquet'), child.stdout);
    expect(await sql(`select count(*)::int as rows from '${here.at('s.parquet')}'`)).toEqual([
      { rows: 7 },
    ]);
  });

  it('knows standard output by its other names, and appends where it is', () => {
    const line = `(echo before; ${process.execPath} ${command} report ${tree()} -o /dev/stdout --format dey-csv; echo after) > out 2> err`;
    execFileSync('bash', ['-c', line], { cwd: here.path });
    const lines = readFileSync(here.at('out'), 'latin1').trimEnd().split('\n');
    expect(lines).toHaveLength(9);
    expect([lines[0], lines[8]]).toEqual(['before', 'after']);
    expect(readFileSync(here.at('err'), 'utf8')).toContain('7 read = 7 rows');
    // Spawned by Node, standard output is a socket, which cannot be opened by name.
    expect(
      pwalk(['report', here.at('tree'), '-o', '/dev/stdout', '--format', 'dey-csv', '-q'])
        .stdout.trimEnd()
        .split('\n'),
    ).toHaveLength(7);
  });

  it('writes a device in place, and never replaces it', () => {
    expect(pwalk(['report', tree(), '-o', '/dev/null', '-q']).status).toBe(0);
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('exits 3 and names what could not be read, escaped, when something could not', () => {
    tree();
    mkdirSync(here.at('tree', 'closed\u001b[31m'));
    chmodSync(here.at('tree', 'closed\u001b[31m'), 0);
    chmodSync(here.path, 0o755);
    const uid = isRoot ? { uid: 65534 } : {};
    const { status, stdout } = pwalk(['report', here.at('tree'), '-o', '/dev/null'], uid);
    expect(status).toBe(3);
    expect(stdout).toContain(
      `denied: ${here.at('tree')}/closed\\x1b[31m: open: EACCES permission denied\n`,
    );
    expect(stdout).toContain('so the result is incomplete');
  });
});

describe('pwalk report, as CSV', () => {
  it.each(['s.csv', 's.csv.gz', 's.csv.zst'])(
    'writes %s by its name, with every row',
    async (name) => {
      expect(pwalk(['report', '/usr/share/doc', '-o', here.at(name), '-q']).status).toBe(0);
      const found = Number(execFileSync('sh', ['-c', 'find /usr/share/doc | wc -l']));
      const [{ rows }] = await sql(
        `select count(*)::int as rows from read_csv('${here.at(name)}', header = true, max_line_size = 1000000)`,
      );
      expect(rows).toBe(found);
    },
  );

  it("writes John Dey's format, with a header when asked", () => {
    const { stdout } = pwalk([
      'report',
      tree(),
      '-o',
      here.at('s.txt'),
      '--format',
      'dey-csv',
      '--header',
      '--json',
    ]);
    expect(JSON.parse(stdout).outputs).toMatchObject([{ format: 'dey-csv', rows: 7 }]);
    const lines = readFileSync(here.at('s.txt'), 'latin1').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^inode,parent-inode,directory-depth,"filename"/);
    expect(lines.some((line) => line.includes(`"${here.at('tree')}/raw-\xff",""`))).toBe(true);
    expect(lines).toHaveLength(8);
  });
});

describe('bad input ends in one sentence, the documented status, and no file', () => {
  it.each([
    [
      'a root that is missing',
      1,
      ['report', '/no/such/dir'],
      /^pwalk: Cannot walk "\/no\/such\/dir": no such file or directory \(ENOENT\)\. Check the path\.$/,
    ],
    ['no thread', 2, ['report', '/usr/share/doc', '--threads', '0'], /^pwalk: .*--threads.*1.*0$/],
    ['threads that are not a number', 2, ['report', '/usr/share/doc', '--threads', 'two'], /two/],
    [
      'a flag that is not there',
      2,
      ['report', '--no-such-flag', '/usr/share/doc'],
      /--no-such-flag/,
    ],
    ['a command that is not there', 2, ['nosuchcommand'], /nosuchcommand/],
    ['no path', 2, ['report'], /path/],
    [
      'a size that is none',
      2,
      ['report', '/usr/share/doc', '--memory', '5x'],
      /"5x" is not a size/,
    ],
    [
      'too little memory',
      2,
      ['report', '/usr/share/doc', '--memory', '1MiB'],
      /1MiB is too little; give at least 16MiB/,
    ],
    [
      'a directory that is missing',
      5,
      ['report', '/usr/share/doc', '-o', '/no/such/place/x.parquet'],
      /Cannot create the output "\/no\/such\/place\/x\.parquet"/,
    ],
    [
      'a directory as the output',
      5,
      ['report', '/usr/share/doc', '-o', '/usr'],
      /it is a directory/,
    ],
    [
      'a full device',
      5,
      ['report', '/usr/share/doc', '-o', '/dev/full'],
      /no space left on device \(ENOSPC\); free some space/,
    ],
  ])('%s', (_, status, args, sentence) => {
    const ended = pwalk(args, { cwd: here.path });
    expect(ended.stderr.trimEnd()).toMatch(sentence);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended).toMatchObject({ status, stdout: '' });
    expect(readdirSync(here.path)).toEqual([]);
  });

  it.runIf(isRoot)('a disk that fills up', () => {
    mkdirSync(here.at('small'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'none', here.at('small')]);
    try {
      const { status, stderr } = pwalk([
        'report',
        '/usr/share',
        '-o',
        here.at('small', 'x.parquet'),
      ]);
      expect(status).toBe(5);
      expect(stderr).toContain('ENOSPC');
      expect(readdirSync(here.at('small'))).toEqual([]);
    } finally {
      execFileSync('umount', [here.at('small')]);
    }
  });
});

describe('interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s discards the output and ends with %i', async (signal, status) => {
    const child = startPwalk(['report', ...Array(50).fill('/usr'), '-o', 's.parquet'], here.path);
    // The temporary file shows that the walk is under way.
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(1);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([status, null]);
    expect(readdirSync(here.path)).toEqual([]);
  });

  it('leaves an older file as it was', async () => {
    writeFileSync(here.at('s.parquet'), 'old');
    const child = startPwalk(['report', ...Array(50).fill('/usr'), '-o', 's.parquet'], here.path);
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(2);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(readFileSync(here.at('s.parquet'), 'utf8')).toBe('old');
    expect(readdirSync(here.path)).toEqual(['s.parquet']);
  });

  it.each([
    ['stalls', 'sleep 30 < fifo & echo $! > reader'],
    ['never comes', 'true'],
    [
      'stalls before the header of a csv',
      'sleep 30 < fifo & echo $! > reader; head -c 65536 /dev/zero > fifo',
    ],
  ])('ends at the first SIGTERM when the reader of its fifo %s', async (how, reader) => {
    const format = how.includes('csv') ? 'csv' : 'parquet';
    execFileSync('sh', ['-c', `mkfifo fifo; (${reader}) >/dev/null 2>&1`], { cwd: here.path });
    const child = startPwalk(['report', '/usr', '-o', 'fifo', '-q', '--format', format], here.path);
    // Long enough under way that it waits for the reader: it has written what a pipe holds, or has nothing open.
    await expect
      .poll(() => cpuTicks(child.pid), { timeout: 20_000, interval: 300 })
      .toBe('settled');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    if (existsSync(here.at('reader')))
      process.kill(Number(readFileSync(here.at('reader'), 'utf8')));
  });

  it('ends quietly when the reader of its pipe is gone', () => {
    const line = `set -o pipefail; ${process.execPath} ${command} report /usr -o - -q | head -c 1 >/dev/null`;
    const { stderr, status } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});

describe('pwalk', () => {
  it('--version prints the version without loading anything', () => {
    const { stdout, status } = pwalk(['--version']);
    expect(stdout).toMatch(/^pwalk\/\d+\.\d+\.\d+ \w+-\w+ node-v\d+/);
    expect(status).toBe(0);
  });

  it('report --help shows every flag', () => {
    const { stdout, status } = pwalk(['report', '--help']);
    for (const flag of ['--output', '--threads', '--memory', '--snapshots', '--json', '--quiet']) {
      expect(stdout).toContain(flag);
    }
    expect(status).toBe(0);
  });

  it('does not open the inspector on SIGUSR1', async () => {
    const child = startPwalk(
      ['report', ...Array(8).fill('/usr'), '-o', 's.parquet', '-q'],
      here.path,
    );
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await expect.poll(() => readdirSync(here.path).length, { timeout: 30_000 }).toBe(1);
    child.kill('SIGUSR1');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(stderr).toBe('');
    expect(existsSync(here.at('s.parquet'))).toBe(true);
  });
});

let before = -1;

/** `settled` once a process has used no CPU since the last look. */
function cpuTicks(pid: number | undefined): string {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  const now = Number(fields[11]) + Number(fields[12]);
  const settled = now === before && now > 10;
  before = now;
  return settled ? 'settled' : `${now} ticks`;
}
