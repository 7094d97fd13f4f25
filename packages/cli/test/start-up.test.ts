import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { command, scratch } from './support/pwalk.js';

const here = scratch();

/** The modules a command line loads through Node's ESM loader, without Node's own. */
function modulesOf(...args: string[]): string[] {
  const log = here.at('modules');
  const hooks = `import { appendFileSync } from 'node:fs';
    export async function load(url, context, next) {
      appendFileSync(${JSON.stringify(log)}, url + '\\n');
      return next(url, context);
    }`;
  const register = `import { register } from 'node:module';
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const { status } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(register)}`, command, ...args],
    { cwd: here.path },
  );
  expect(status).toBe(0);
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:'));
}

it('a report is started from a few bundled files', () => {
  const modules = modulesOf('report', '/proc/self/status', '-o', 's.parquet', '-q');
  expect(modules.length).toBeLessThan(33);
  expect(modules.filter((url) => url.includes('/node_modules/'))).toEqual([]);
});

it('--version loads nothing', () => {
  expect(modulesOf('--version')).toHaveLength(1);
});

/** The modules of Node itself that a command line has loaded when it ends. */
function builtinsOf(...args: string[]): string[] {
  const list = here.at('list.cjs');
  const log = here.at('builtins');
  writeFileSync(
    list,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(log)}, process.moduleLoadList.join('\\n')));`,
  );
  const options = { cwd: here.path };
  expect(spawnSync(process.execPath, ['-r', list, command, ...args], options).status).toBe(0);
  return readFileSync(log, 'utf8').split('\n');
}

it('no modules of Node are loaded for exports that nobody uses', () => {
  const builtins = builtinsOf('report', '/proc/self/status', '-o', 's.parquet', '-q');
  expect(builtins).toContain('NativeModule crypto');
  expect(builtins).not.toContain('NativeModule internal/crypto/webcrypto');
  expect(builtinsOf('--version')).not.toContain('NativeModule internal/fs/streams');
});
