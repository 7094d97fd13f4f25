import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command, pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const isRoot = process.getuid?.() === 0;
const here = scratch();

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
    const { status, stdout } = pwalk([
      'report',
      smallTree(here.path),
      '-o',
      here.at('s.parquet'),
      '--json',
    ]);
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
    pwalk(['report', smallTree(here.path), '-o', here.at('s.parquet'), '-q']);
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
    pwalk(['report', smallTree(here.path), '-o', here.at('s.parquet'), '-q']);
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

  it('takes no argument for another that Node decodes alike', () => {
    const script = `cd ${here.path} && a=$(printf '\\376') b=$(printf '\\377') && mkdir -p "$a" "$b" && touch "$a/$b" "$b/$a" &&
      ${process.execPath} ${command} report`;
    const tail = '-o - --format csv --columns path -q';
    const printed = (words: string) => {
      const { status, stdout } = spawnSync('sh', ['-c', `${script} ${words} ${tail}`]);
      return [status, ...String(stdout).trimEnd().split('\n').slice(1).toSorted()];
    };
    expect(printed('"$b" "$a"')).toEqual([0, '\\xfe', '\\xfe/\\xff', '\\xff', '\\xff/\\xfe']);
    expect(printed('--exclude "$a" "$b" "$a"')).toEqual([0, '\\xfe', '\\xfe/\\xff', '\\xff']);
    expect(printed('--exclude="$b" "$b" "$a"')).toEqual([0, '\\xfe', '\\xff', '\\xff/\\xfe']);
    expect(printed('--exclude="$b" --exclude "$a" "$b"')).toEqual([0, '\\xff']);
  });

  it('ends as a whole when the reader of one of its outputs leaves', () => {
    const outputs = '-o - --format jsonl -o other.parquet --format parquet -q';
    const { stdout } = spawnSync('bash', [
      '-c',
      `cd ${here.path} && ${process.execPath} ${command} report /usr/share ${outputs} | head -c 9 >&2; echo $PIPESTATUS; ls -A`,
    ]);
    expect(String(stdout)).toBe('5\n');
  });

  it('does not report the file it is writing, and says so', () => {
    const { stdout } = pwalk(['report', smallTree(here.path), '-o', here.at('tree', 's.parquet')]);
    expect(stdout).toContain('8 read = 7 rows + 1 excluded\n');
  });

  it('writes to standard output with -, and the summary to standard error', async () => {
    const child = spawnSync(
      process.execPath,
      [command, 'report', smallTree(here.path), '-o', '-', '--json'],
      {
        maxBuffer: 1 << 28,
      },
    );
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
    const line = `(echo before; ${process.execPath} ${command} report ${smallTree(here.path)} -o /dev/stdout --format dey-csv; echo after) > out 2> err`;
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

  it.each(['parquet', 'csv', 'dey-csv'])(
    'writes a device in place, and never replaces it: %s',
    (format) => {
      const output = ['-o', '/dev/null', '--format', format, '-q'];
      expect(pwalk(['report', smallTree(here.path), ...output]).status).toBe(0);
      expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    },
  );

  it.runIf(isRoot)('prints bytes beyond 2^53 digit by digit', () => {
    mkdirSync(here.at('huge'));
    execFileSync('mount', ['-t', 'tmpfs', 'none', here.at('huge')]);
    try {
      const sizes = [2n ** 62n + 1n, 2n ** 62n + 3n, 2n ** 62n + 5n];
      for (const size of sizes)
        execFileSync('truncate', ['-s', String(size), here.at('huge', String(size))]);
      const { stdout } = pwalk(['report', here.at('huge'), '-o', '/dev/null', '--json']);
      expect(stdout).toContain(`"bytes":${sizes.reduce((sum, size) => sum + size)},`);
    } finally {
      execFileSync('umount', [here.at('huge')]);
    }
  });

  it('escapes what a terminal may act on in the JSON summary, which is the same text all the same', () => {
    const name = 's\u009b31m\u202e.parquet';
    const { stdout } = pwalk(['report', smallTree(here.path), '-o', name, '--json'], {
      cwd: here.path,
    });
    expect(stdout).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(stdout).outputs).toMatchObject([{ path: name }]);
  });

  it('exits 3 and names what could not be read, escaped, when something could not', () => {
    smallTree(here.path);
    mkdirSync(here.at('tree', 'closed\u001b[31m'));
    chmodSync(here.at('tree', 'closed\u001b[31m'), 0);
    chmodSync(here.path, 0o755);
    const uid = isRoot ? { uid: 65534 } : {};
    const { status, stdout } = pwalk(['report', here.at('tree'), '-o', '/dev/null'], uid);
    expect(status).toBe(3);
    for (const format of ['csv', 'dey-csv']) {
      const quiet = ['-o', '/dev/null', '--format', format, '-q'];
      const ended = pwalk(['report', here.at('tree'), ...quiet], uid);
      expect(ended).toEqual({ status: 3, stdout: '', stderr: '' });
    }
    expect(stdout).toContain(
      `denied: ${here.at('tree')}/closed\\x1b[31m: open: EACCES permission denied\n`,
    );
    expect(stdout).toContain('so the result is incomplete');
  });
});
