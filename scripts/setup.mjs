#!/usr/bin/env node
// Makes the checkout ready to run with node, npm and g++ alone: installs when the lockfile changed,
// builds what changed, and does nothing within milliseconds when nothing did. Output of the tools it
// starts goes to stderr, so that stdout belongs to the command that is run afterwards.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.pwalk-setup.json');

/** What decides whether to install: contents, since an install is slow and a checkout touches times. */
const manifests = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
/** What decides whether to build: names, sizes and times of everything that is compiled. */
const sources = ['packages', 'native', 'scripts', 'templates', 'turbo.json', 'tsconfig.base.json'];
const notSources = new Set([
  'node_modules',
  'dist',
  'build',
  'test',
  '.turbo',
  'oclif.manifest.json',
]);

function installFingerprint() {
  const hash = createHash('sha256');
  const packages = readdirSync(join(root, 'packages')).map(
    (name) => `packages/${name}/package.json`,
  );
  for (const file of [...manifests, ...packages]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function buildFingerprint() {
  const hash = createHash('sha256');
  const visit = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  const descend = (path) => {
    if (!statSync(path).isDirectory()) return visit(path);
    for (const item of readdirSync(path, { withFileTypes: true })) {
      if (notSources.has(item.name)) continue;
      if (item.isDirectory()) descend(join(path, item.name));
      else visit(join(path, item.name));
    }
  };
  for (const source of sources) descend(join(root, source));
  return hash.digest('hex');
}

function pnpm(...args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { status, error } = spawnSync('npx', ['-y', packageManager, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      CI: '1',
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      PWALK_COMPILER: compilerVersion(),
    },
  });
  if (error) throw error;
  if (status !== 0) {
    console.error(`pwalk: \`${packageManager} ${args.join(' ')}\` failed with status ${status}.`);
    process.exit(1);
  }
}

/** The compiler of the native parts, empty where there is none: another one is a reason to build. */
function compilerVersion() {
  const { stdout } = spawnSync(process.env.CXX ?? 'g++', ['--version'], { encoding: 'utf8' });
  return process.platform === 'linux' ? (stdout?.split('\n')[0] ?? '') : '';
}

/** True when every package has something to run: a stamp without outputs is worth nothing. */
function isBuilt(compiler) {
  return readdirSync(join(root, 'packages')).every((name) => {
    const directory = join(root, 'packages', name);
    if (!existsSync(join(directory, 'dist', 'index.js'))) return false;
    const native = join(directory, 'native.json');
    if (compiler === '' || !existsSync(native)) return true;
    const { addon } = JSON.parse(readFileSync(native, 'utf8'));
    return existsSync(join(directory, 'build', addon.output));
  });
}

/** Installs and builds what changed since the last time. Ends the process with 1 when that fails. */
export function setup() {
  const stamp = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};
  const installed = installFingerprint();
  if (stamp.installed !== installed) pnpm('install', '--frozen-lockfile', '--reporter=append-only');
  const compiler = compilerVersion();
  const built = `${buildFingerprint()} ${compiler}`;
  if (stamp.installed !== installed || stamp.built !== built || !isBuilt(compiler)) {
    pnpm('exec', 'turbo', 'run', 'build', '--output-logs=errors-only', '--ui=stream');
  }
  if (stamp.installed !== installed || stamp.built !== built) {
    writeFileSync(stampFile, JSON.stringify({ installed, built }));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) setup();
