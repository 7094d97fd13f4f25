import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { project } from './support/project.js';
import { pwalk, scratch } from './support/pwalk.js';

const here = scratch();

describe('pwalk init', () => {
  it.each([
    ['mjs', 'pwalk.config.mjs'],
    ['ts', 'pwalk.config.ts'],
    ['yaml', 'pwalk.config.yaml'],
  ])('writes a config of format %s that runs as it is', (format, name) => {
    project(here.path, {});
    const { status, stdout } = pwalk(['init', '--format', format], { cwd: here.path });
    expect(stdout).toContain(name);
    expect(status).toBe(0);
    expect(readFileSync(here.at(name), 'utf8')).toContain('docs/guide/configuration.md');
    const run = pwalk(['run', '-c', name], { cwd: here.path });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(existsSync(here.at('scan.parquet'))).toBe(true);
  });

  it('never overwrites a config, of whatever format', () => {
    writeFileSync(here.at('pwalk.config.json'), '{}');
    const { status, stderr } = pwalk(['init'], { cwd: here.path });
    expect(stderr).toMatch(/pwalk\.config\.json" is there already and was left as it is/);
    expect(status).toBe(5);
    expect(readFileSync(here.at('pwalk.config.json'), 'utf8')).toBe('{}');
    expect(existsSync(here.at('pwalk.config.mjs'))).toBe(false);
  });
});
