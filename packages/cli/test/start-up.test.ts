import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
  expect(modules.length).toBeLessThan(32);
  expect(modules.filter((url) => url.includes('/node_modules/'))).toEqual([]);
});

it('--version loads nothing but what keeps signals from harm', () => {
  expect(modulesOf('--version')).toHaveLength(2);
});
