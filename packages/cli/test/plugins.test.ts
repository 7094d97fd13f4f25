import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countingSink, project } from './support/project.js';
import { pwalk, scratch, sql } from './support/pwalk.js';

const here = scratch();
const root = fileURLToPath(new URL('../../..', import.meta.url));
const kinds = ['source', 'filter', 'sink', 'action'] as const;

describe('pwalk plugins', () => {
  it('list names what is built in', () => {
    const { stdout, status } = pwalk(['plugins', 'list']);
    expect(stdout).toMatch(/^source {2}walker, for @pwalk\/core \^0\.1\.0$/m);
    expect(stdout).toMatch(/^sink {4}parquet, /m);
    expect(status).toBe(0);
  });

  it('check tells what a file exports, and refuses what is for another version', () => {
    project(here.path, {
      'good.mjs': countingSink,
      'old.mjs': countingSink.replace('^0.1.0', '^7.0.0'),
      'none.mjs': 'export const x = 1;',
    });
    const check = (name: string) => pwalk(['plugins', 'check', name], { cwd: here.path });
    expect(check('./good.mjs')).toMatchObject({
      status: 0,
      stdout: 'sink    ./good.mjs#count (count), for @pwalk/core ^0.1.0\n',
    });
    expect(check('./old.mjs')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('asks for @pwalk/core ^7.0.0'),
    });
    expect(check('./none.mjs')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('exports no plugin'),
    });
    expect(check('parquet').stdout).toMatch(/^sink {4}parquet, for @pwalk\/core/);
    expect(check('parket')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/is not built in \(walker, parquet, .*\), and no package/),
    });
  });

  it.each([
    ['a name that does not say what it is', ['sink', 'histogram'], /pwalk-sink-x or @scope/],
    [
      'a name of another kind',
      ['sink', 'pwalk-filter-x'],
      /"pwalk-filter-x" is no name for a sink/,
    ],
    ['a name that leads elsewhere', ['sink', '../pwalk-sink-x'], /is no name for a sink/],
    ['a kind that is none', ['sieve', 'pwalk-sieve-x'], /source, filter, sink, action/],
    ['a directory that is there', ['sink', 'pwalk-sink-there'], /is there already and was left/],
  ])('new refuses %s', (_, args, sentence) => {
    mkdirSync(here.at('pwalk-sink-there'));
    const { status, stderr } = pwalk(['plugins', 'new', ...args], { cwd: here.path });
    expect(stderr).toMatch(sentence);
    expect(status).toBe(2);
    expect(readdirSync(here.path)).toEqual(['pwalk-sink-there']);
  });
});

/**
 * A stranger's afternoon: pwalk installed from its packages into an empty folder outside the workspace,
 * a plugin of each kind made from the template, built, tested with the kit, packed, installed, run.
 */
describe('a plugin of each kind, outside the workspace', () => {
  let home = '';
  const at = (...parts: string[]) => join(home, ...parts);
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const installed = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(at('node_modules/.bin/pwalk'), args, {
      cwd: home,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'pwalk-stranger-'));
    mkdirSync(at('packed'));
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    execFileSync(
      'npx',
      [
        '-y',
        packageManager,
        '--filter',
        './packages/*',
        'exec',
        'pnpm',
        'pack',
        '--pack-destination',
        at('packed'),
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    writeFileSync(
      at('package.json'),
      JSON.stringify({ name: 'home', private: true, type: 'module' }),
    );
    const packages = readdirSync(at('packed')).map((name) => `./packed/${name}`);
    npm(home, 'install', ...packages, 'typescript@7', '@types/node@20', 'zod@4');
    for (const kind of kinds) {
      const { status, stderr } = installed('plugins', 'new', kind, `pwalk-${kind}-example`);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      execFileSync(at('node_modules/.bin/tsc'), [], {
        cwd: at(`pwalk-${kind}-example`),
        stdio: 'inherit',
      });
      npm(at(`pwalk-${kind}-example`), 'pack', '--pack-destination', at('packed'));
    }
    npm(home, 'install', ...kinds.map((kind) => `./packed/pwalk-${kind}-example-0.1.0.tgz`));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('a repair of what is around the installation leaves the code that runs alone', () => {
    const args = [
      'repair',
      home,
      '--group',
      '4242',
      '--group-all',
      '--allow-unknown-gid',
      '--json',
    ];
    const without = ['--exclude', 'node_modules'];
    const whole = JSON.parse(installed(...args).stdout);
    const outside = JSON.parse(installed(...args, ...without).stdout);
    // The templates' own node_modules, where npm made them, are not the code that runs.
    expect(whole.skipped.protected).toBeGreaterThan(1000);
    expect(whole.planned).toBe(outside.planned);
  });

  it.each(kinds)('%s: passes the kit and its own test', (kind) => {
    const { status, stdout } = spawnSync(process.execPath, ['--test', 'test/'], {
      cwd: at(`pwalk-${kind}-example`),
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/# fail 0/);
    expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(10);
    expect(status).toBe(0);
  });

  it.each(kinds)('%s: runs from the config that came with it', (kind) => {
    const config = readFileSync(at(`pwalk-${kind}-example`, 'pwalk.config.ts'), 'utf8');
    writeFileSync(at('pwalk.config.ts'), config);
    const { status, stdout, stderr } = installed(
      'run',
      '-c',
      'pwalk.config.ts',
      `pwalk-${kind}-example`,
      '--json',
    );
    expect(stderr.replace(/^\{.*\}\n$/, '')).toBe('');
    expect(status).toBe(kind === 'source' ? 4 : 0);
    expect(stdout).toMatch(
      { source: /"matched":8/, filter: /size_log2/, sink: /"file":\d+/, action: /"planned":0/ }[
        kind
      ],
    );
  });

  it('all of them run from one YAML config, by the names of their packages', async () => {
    writeFileSync(
      at('all.yaml'),
      `
roots: [pwalk-sink-example]
filters: [{ use: pwalk-filter-example, options: { least: 1 } }]
sinks:
  - { use: pwalk-sink-example, options: { path: types.json } }
  - { use: parquet, options: { path: all.parquet } }
actions: [{ use: pwalk-action-example, options: { journal: changed.jsonl } }]
allow: [fs:chmod]
`,
    );
    expect(installed('run', '-c', 'all.yaml')).toMatchObject({ status: 0, stderr: '' });
    const [row] = await sql(
      `select count(*)::int n, min(size_log2)::int least from '${at('all.parquet')}'`,
    );
    expect(row?.least).toBeGreaterThan(0);
    const counts: Record<string, number> = JSON.parse(readFileSync(at('types.json'), 'utf8'));
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(row?.n);
  });

  it('the packages bring the native walker, and report works', async () => {
    writeFileSync(
      at('native.mjs'),
      `export default { source: { use: 'walker', options: { engine: 'native' } }, roots: ['packed'], sinks: [{ use: 'parquet', options: { path: 'n.parquet' } }] };`,
    );
    expect(installed('run', '-c', 'native.mjs')).toMatchObject({ status: 0, stderr: '' });
    expect(installed('report', 'packed', '-o', 'r.parquet')).toMatchObject({
      status: 0,
      stderr: '',
    });
    const rows = await sql(`select count(*)::int n from '${at('r.parquet')}'`);
    expect(rows).toEqual([{ n: 1 + readdirSync(at('packed')).length }]);
  });
});
