import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findConfig } from '@pwalk/core/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pwalk-home-'));
  mkdirSync(join(home, 'work/deep'), { recursive: true });
  mkdirSync(join(home, '.config/pwalk'), { recursive: true });
  mkdirSync(join(home, 'xdg/pwalk'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Writes configs and finds the one that is taken from `work/deep`. */
async function found(
  files: readonly string[],
  options: Parameters<typeof findConfig>[0] = {},
): Promise<string> {
  for (const file of files) writeFileSync(join(home, file), '');
  const path = await findConfig({
    cwd: join(home, 'work/deep'),
    home,
    environment: {},
    asRoot: false,
    ...options,
  });
  return path.slice(home.length + 1);
}

describe('the config that is taken', () => {
  const all = [
    'work/deep/pwalk.config.yaml',
    'work/pwalk.config.ts',
    'pwalk.config.ts',
    'xdg/pwalk/pwalk.config.ts',
    'work/named.ts',
    'work/other.ts',
  ];
  it.each([
    ['the one named with --config', all, { file: '../named.ts' }, 'work/named.ts'],
    [
      'the one PWALK_CONFIG names',
      all,
      { environment: { PWALK_CONFIG: '../other.ts' } },
      'work/other.ts',
    ],
    [
      '--config before PWALK_CONFIG',
      all,
      { file: '../named.ts', environment: { PWALK_CONFIG: 'x' } },
      'work/named.ts',
    ],
    ['the one of the working directory', all, {}, 'work/deep/pwalk.config.yaml'],
    ['the nearest above it', all.slice(1), {}, 'work/pwalk.config.ts'],
    ['the one of home', all.slice(2), {}, 'pwalk.config.ts'],
    [
      'TypeScript before JSON',
      ['work/pwalk.config.json', 'work/pwalk.config.ts'],
      {},
      'work/pwalk.config.ts',
    ],
    [
      'the one of ~/.config',
      ['.config/pwalk/pwalk.config.mjs'],
      {},
      '.config/pwalk/pwalk.config.mjs',
    ],
  ])('is %s', async (_, files, options, expected) => {
    expect(await found(files, options)).toBe(expected);
  });

  it('is that of XDG_CONFIG_HOME where that is set', async () => {
    const environment = { XDG_CONFIG_HOME: join(home, 'xdg') };
    const files = ['.config/pwalk/pwalk.config.mjs', 'xdg/pwalk/pwalk.config.ts'];
    expect(await found(files, { environment })).toBe('xdg/pwalk/pwalk.config.ts');
  });

  it('is not searched for by relative paths, which are below whatever directory this is', async () => {
    const environment = { HOME: '', XDG_CONFIG_HOME: 'xdg' };
    await expect(findConfig({ environment, asRoot: true })).rejects.toThrow(
      /^There is no pwalk.config.\* in \/[^ ]*\.config/,
    );
  });

  it('is not above home', async () => {
    const options = {
      home: join(home, 'work'),
      environment: { XDG_CONFIG_HOME: join(home, 'none') },
    };
    await expect(found(['pwalk.config.ts'], options)).rejects.toMatchObject({
      code: 'PWALK_CONFIG_MISSING',
    });
  });

  it('is never in the working directory of root, nor above it', async () => {
    const files = ['work/deep/pwalk.config.ts', 'pwalk.config.ts'];
    await expect(found(files, { asRoot: true })).rejects.toMatchObject({
      code: 'PWALK_CONFIG_MISSING',
    });
    expect(await found(['.config/pwalk/pwalk.config.ts'], { asRoot: true })).toBe(
      '.config/pwalk/pwalk.config.ts',
    );
  });
});
