import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { project } from './support/project.js';
import { pwalk, scratch, sql } from './support/pwalk.js';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const here = scratch();
const tried = new Set<string>();

beforeEach(() => {
  project(here.path, {});
  mkdirSync(here.at('data/sub'), { recursive: true });
  writeFileSync(here.at('data/old'), 'x'.repeat(1000));
  writeFileSync(here.at('data/sub/new'), 'x'.repeat(5000));
  const longAgo = new Date('2001-01-01');
  utimesSync(here.at('data/old'), longAgo, longAgo);
});

/** Copies an example into a project and runs it. */
function run(name: string, args: readonly string[] = []) {
  tried.add(name);
  cpSync(join(examples, name), here.path, { recursive: true });
  return pwalk(['run', '-c', 'pwalk.config.mjs', ...args], { cwd: here.path });
}

describe('the examples', () => {
  it('old-files-per-group', () => {
    const { stdout, status } = run('old-files-per-group', ['-q', 'data']);
    expect(stdout).toBe(`gid,files,bytes\n${process.getgid?.()},1,1000\n`);
    expect(status).toBe(0);
  });

  it('world-writable', () => {
    expect(run('world-writable', ['-q', 'data'])).toMatchObject({ status: 0, stdout: '' });
    chmodSync(here.at('data/sub/new'), 0o666);
    const { stdout, status } = run('world-writable', ['-q', 'data']);
    expect(JSON.parse(stdout)).toMatchObject({ path: 'data/sub/new', mode: 0o100666 });
    expect(status).toBe(4);
  });

  it('one-walk-many-outputs', async () => {
    expect(run('one-walk-many-outputs', ['data'])).toMatchObject({ status: 0, stderr: '' });
    expect(await sql(`select count(*)::int n from '${here.at('scan.parquet')}'`)).toEqual([
      { n: 4 },
    ]);
    expect(readFileSync(here.at('pwalk.prom'), 'utf8')).toMatch(/^# (HELP|TYPE) /m);
    const purge = await sql(`select path from read_csv('${here.at('purge-candidates.csv')}')`);
    expect(purge).toEqual([{ path: 'data/old' }]);
  });

  it('own-column', async () => {
    mkdirSync(here.at('projects/apollo'), { recursive: true });
    writeFileSync(here.at('projects/apollo/plan'), '');
    expect(run('own-column')).toMatchObject({ status: 0, stderr: '' });
    const rows = await sql(
      `select path, project from '${here.at('projects.parquet')}' order by path`,
    );
    expect(rows).toEqual([
      { path: 'projects', project: null },
      { path: 'projects/apollo', project: 'apollo' },
      { path: 'projects/apollo/plan', project: 'apollo' },
    ]);
  });

  it.runIf(process.getuid?.() === 0)('repair-behind-a-filter', () => {
    mkdirSync(here.at('shared/private/deeper'), { recursive: true, mode: 0o755 });
    for (const name of ['common', 'other', 'private/a', 'private/deeper/b'])
      writeFileSync(here.at('shared', name), '', { mode: 0o600 });
    const { status, stdout, stderr } = run('repair-behind-a-filter', ['shared']);
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      'would fs:chmod .: mode 0755 to 0775',
      'would fs:chmod common: mode 0600 to 0660',
      'would fs:chmod other: mode 0600 to 0660',
    ]);
    expect(stdout).toContain('repair#1: 3 changes planned, 0 applied\n');
    expect(status).toBe(0);
    expect(statSync(here.at('shared/common')).mode & 0o777).toBe(0o600);
  });

  it('sql', () => {
    tried.add('sql');
    expect(pwalk(['report', 'data', '-o', 's.parquet', '-q'], { cwd: here.path }).status).toBe(0);
    cpSync(join(examples, 'sql'), here.path, { recursive: true });
    const duckdb = fileURLToPath(new URL('../node_modules/@duckdb', import.meta.url));
    symlinkSync(duckdb, here.at('node_modules/@duckdb'));
    const { stdout } = spawnSync(process.execPath, ['largest.mjs', 's.parquet'], {
      cwd: here.path,
      encoding: 'utf8',
    });
    expect(stdout).toBe(`${process.getuid?.()}\t2\t6000\n`);
  });

  it('worker-threads', () => {
    const { status, stdout, stderr } = run('worker-threads', ['/usr/share/doc', 'data/sub']);
    expect(stderr).toBe('');
    expect(Number(/^largest: (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(5000);
    expect(status).toBe(0);
  });

  it('are all tried here', () => {
    const all = readdirSync(examples).filter(
      (name) => existsSync(join(examples, name, '.')) && !name.endsWith('.md'),
    );
    if (process.getuid?.() !== 0) tried.add('repair-behind-a-filter');
    expect([...tried].sort()).toEqual(all.sort());
  });
});
