import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { project } from './support/project.js';
import { pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();

/** Runs a config in YAML over a small tree. */
function run(config: string) {
  const tree = smallTree(here.path);
  project(here.path, { 'pwalk.config.yaml': config });
  return pwalk(['run', tree, '-c', 'pwalk.config.yaml'], { cwd: here.path });
}

describe('filters in a config', () => {
  it('stand before all sinks, or before one of them', async () => {
    const { status, stdout, stderr } = run(`
filters:
  - { use: where, options: 'type != "directory"' }
sinks:
  - { use: parquet, options: { path: all.parquet } }
  - filters:
      - { use: type, options: [file, symlink] }
      - { use: size, options: { over: 99 } }
    sink: { use: jsonl, options: { path: big.jsonl, columns: [name, size] } }
`);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('4 of 7 rows came through the filters');
    expect(await sql(`select count(*)::int as n from '${here.at('all.parquet')}'`)).toEqual([
      { n: 4 },
    ]);
    expect(readFileSync(here.at('big.jsonl'), 'utf8')).toBe('{"name":"one.txt","size":100}\n');
  });

  it('are told of with their place, and an expression with its own', () => {
    const { status, stderr } = run(`
sinks:
  - filters: [{ use: where, options: mtime > 5 }, { use: type, options: dir }]
    sink: { use: parquet, options: { path: x.parquet } }
`);
    expect(status).toBe(2);
    expect(stderr).toContain(
      'sinks[0].filters[0]: A time cannot be compared with a number; write a date, or now - 30d.\n  mtime > 5\n  ^^^^^^^^^\n',
    );
    expect(stderr).toContain('sinks[0].filters[1].options: ');
  });

  it('are missed where a sink is given by itself in an object', () => {
    const { status, stderr } = run(`
sinks:
  - { sink: { use: parquet, options: { path: y.parquet } } }
`);
    expect(status).toBe(2);
    expect(stderr).toContain('sinks[0].filters: expected array');
  });
});
