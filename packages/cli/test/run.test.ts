import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { countingSink, project } from './support/project.js';
import { command, pwalk, scratch, sql } from './support/pwalk.js';
import { smallTree } from './support/small-tree.js';

const here = scratch();
let tree = '';
beforeEach(() => {
  tree = smallTree(here.path);
});

/** Runs `pwalk run` beside a config with these files. */
function run(files: Record<string, string>, args: readonly string[]) {
  project(here.path, files);
  const ended = pwalk(['run', ...args], { cwd: here.path });
  return { ...ended, lines: ended.stdout.trimEnd().split('\n') };
}

describe('pwalk run', () => {
  it('runs a sink written inside pwalk.config.mjs with a schema of its own', () => {
    const { status, lines, stderr } = run(
      {
        'pwalk.config.mjs': `${countingSink.replace('export default count;', '')}
import { defineConfig } from 'pwalk';
const config = defineConfig({ roots: [${JSON.stringify(tree)}], sinks: [count()] });
export { config as default };`,
      },
      ['-c', 'pwalk.config.mjs'],
    );
    expect(stderr).toBe('');
    expect(lines[0]).toBe('rows 7');
    expect(lines[2]).toBe('7 read = 7 rows');
    expect(status).toBe(0);
  });

  it('compiles TypeScript, also what the config imports, and awaits at top level', () => {
    const { status, lines } = run(
      {
        'sink.ts': countingSink,
        'pwalk.config.ts': `
import { defineConfig, type PipelineConfig } from 'pwalk';
import { count } from './sink.ts';
enum Label { long = 'entries' }
const label: string = await Promise.resolve(Label.long);
export default defineConfig({ roots: [${JSON.stringify(tree)}], sinks: [count({ label })] } satisfies PipelineConfig);`,
      },
      ['-c', 'pwalk.config.ts'],
    );
    expect(lines[0]).toBe('entries 7');
    expect(status).toBe(0);
  });

  it('finds plugins that YAML names: built in, by file, by package, by export', async () => {
    const { status, stdout, stderr } = run(
      {
        'count.mjs': countingSink,
        'node_modules/pwalk-sink-count/package.json':
          '{"name":"pwalk-sink-count","type":"module","exports":{"import":"./count.js"}}',
        'node_modules/pwalk-sink-count/count.js': countingSink,
        'node_modules/@site/pwalk-sink-two/package.json':
          '{"name":"@site/pwalk-sink-two","type":"module","main":"two.js"}',
        'node_modules/@site/pwalk-sink-two/two.js': `${countingSink.replace('export default count;', '')}
export const other = count;`,
        'c.yaml': `
roots: [${tree}]
memory: 64MiB
sinks:
  - use: parquet
    options: { path: out.parquet }
  - use: ./count.mjs
    options: { label: file }
  - use: pwalk-sink-count
    options: { label: package }
  - use: '@site/pwalk-sink-two#other'
    options: { label: export }
  - null
`,
      },
      ['-c', 'c.yaml'],
    );
    expect(stderr).toBe('');
    for (const label of ['file', 'package', 'export']) expect(stdout).toContain(`${label} 7\n`);
    expect(status).toBe(0);
    const [row] = await sql(`select count(*)::int n from '${here.at('out.parquet')}'`);
    expect(row).toEqual({ n: 7 });
  });

  const several = `
import { defineConfig } from 'pwalk';
import { count } from './count.mjs';
export default defineConfig(({ command }) => ({
  pipelines: {
    default: { roots: ['sub'], sinks: [count({ label: command })] },
    nightly: { roots: ['.'], sinks: [false, count({ label: 'nightly' })] },
  },
}));`;

  it.each([
    ['the default pipeline', [], 'run 3'],
    ['a pipeline by name', ['nightly'], 'nightly 7'],
    ['paths in place of the config’s roots', ['sub/deeper', 'link'], 'run 2'],
    ['a name, then paths', ['nightly', 'sub'], 'nightly 3'],
    ['a path that looks like a name', ['./nightly', 'sub'], null],
  ])('runs %s', (_, args, expected) => {
    project(here.path, { 'tree/pwalk.config.mjs': several, 'tree/count.mjs': countingSink });
    const { stdout, status, stderr } = pwalk(['run', '-c', 'pwalk.config.mjs', ...args], {
      cwd: tree,
    });
    if (expected === null) {
      expect(stderr).toContain('Cannot walk "./nightly"');
      expect(status).toBe(1);
    } else if (args[0] === 'nightly' && args.length === 1) {
      // The config and its sink lie in the tree, too.
      expect(stdout.split('\n')[0]).toBe('nightly 9');
    } else {
      expect(stdout.split('\n')[0]).toBe(expected);
    }
  });

  it('--json prints the summary of a report, and what filters let through', () => {
    const { stdout, status } = run(
      {
        'c.mjs': `
import { definePlugin } from 'pwalk';
import { z } from 'zod';
const files = definePlugin({ name: 'files', kind: 'filter', pwalk: '*', options: z.undefined(), capabilities: { columns: ['type'] },
  create: () => ({ map(batch) {
    const type = batch.column('type');
    return batch.select(Uint8Array.from({ length: batch.length }, (_, row) => Number(type.get(row) === 'file')));
  } }) });
export default { roots: ['tree'], filters: [files()], sinks: [{ use: 'csv', options: { path: 'f.csv' } }] };`,
      },
      ['-c', 'c.mjs', '--json'],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'default',
      entries: 7,
      matched: 3,
      files: 3,
      complete: true,
      outputs: [{ path: 'f.csv', rows: 3 }],
      exitCode: 0,
    });
    expect(status).toBe(0);
  });

  it.each([
    ['--fail-on-match', ['--fail-on-match'], 'size.values[row] > 50n', 4],
    ['no match', ['--fail-on-match'], 'size.values[row] > 50000n', 0],
    ['a match nobody asked about', [], 'size.values[row] > 50n', 0],
  ])('ends with the status of a finding: %s', (_, args, condition, expected) => {
    const { status } = run(
      {
        'c.mjs': `
import { definePlugin } from 'pwalk';
import { z } from 'zod';
const big = definePlugin({ name: 'big', kind: 'filter', pwalk: '*', options: z.undefined(), capabilities: { columns: ['size', 'type'] },
  create: () => ({ map(batch) {
    const size = batch.column('size'), type = batch.column('type');
    return batch.select(Uint8Array.from({ length: batch.length }, (_, row) => Number(type.get(row) === 'file' && ${condition})));
  } }) });
export default { roots: ['tree'], filters: [big()] };`,
      },
      ['-c', 'c.mjs', ...args],
    );
    expect(status).toBe(expected);
  });

  it('is over when the run is, whatever a plugin leaves behind', () => {
    const { status, stdout } = run(
      {
        'count.mjs': countingSink.replace(
          'let rows = 0;',
          'let rows = 0; setInterval(() => {}, 1000);',
        ),
        'c.json': JSON.stringify({ roots: ['tree'], sinks: [{ use: './count.mjs' }] }),
      },
      ['-c', 'c.json'],
    );
    expect(stdout).toContain('rows 7\n');
    expect(status).toBe(0);
  });

  it('says so when a reader that goes away takes the other outputs along', () => {
    project(here.path, {
      'c.json': JSON.stringify({
        roots: ['/usr/share'],
        sinks: [
          { use: 'jsonl', options: { path: '-' } },
          { use: 'parquet', options: { path: 'o.parquet' } },
        ],
      }),
    });
    const line = `${process.execPath} ${command} run -c c.json -q | head -c 9 >/dev/null; exit $PIPESTATUS`;
    const { status, stderr } = spawnSync('bash', ['-c', line], {
      cwd: here.path,
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/^pwalk: The reader of standard output is gone\. The other outputs/);
    expect(status).toBe(5);
    expect(existsSync(here.at('o.parquet'))).toBe(false);
  });

  it('leaves no output when a plugin fails, and names it', () => {
    const { status, stderr } = run(
      {
        'count.mjs': countingSink.replace('rows += batch.length;', "throw new Error('no room');"),
        'c.json': JSON.stringify({
          roots: ['tree'],
          sinks: [{ use: './count.mjs' }, { use: 'parquet', options: { path: 'o.parquet' } }],
        }),
      },
      ['-c', 'c.json'],
    );
    expect(stderr).toBe('pwalk: Plugin "count" failed in write(): no room\n');
    expect(status).toBe(1);
    expect(existsSync(here.at('o.parquet'))).toBe(false);
  });
});
