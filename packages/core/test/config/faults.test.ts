import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { definePlugin, PwalkError } from '@pwalk/core';
import { loadConfig, resolvePipeline } from '@pwalk/core/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { countingSource } from '../support/counting-source.js';

const core = fileURLToPath(new URL('../..', import.meta.url));
let here = '';
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), 'pwalk-config-'));
  mkdirSync(join(here, 'node_modules', '@pwalk'), { recursive: true });
  symlinkSync(core, join(here, 'node_modules', '@pwalk', 'core'));
  symlinkSync(join(core, 'node_modules', 'zod'), join(here, 'node_modules', 'zod'));
});
afterEach(() => rmSync(here, { recursive: true, force: true }));

const file = definePlugin({
  name: 'file',
  kind: 'sink',
  pwalk: '*',
  options: z.object({ path: z.string() }),
  create: () => ({ write: () => {} }),
});

const countingSink = `
import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
export const count = definePlugin({ name: 'count', kind: 'sink', pwalk: '*',
  options: z.object({ label: z.string() }).optional(), create: () => ({ write() {} }) });
`;

/** What is said about a config: one line per problem, without the directory. */
async function faults(name: string, text: string, files: Record<string, string> = {}) {
  for (const [path, content] of Object.entries({
    'count.mjs': countingSink,
    ...files,
    [name]: text,
  }))
    writeFileSync(join(here, path), content);
  try {
    const config = await loadConfig({
      file: join(here, name),
      environment: { command: 'run' },
    });
    await resolvePipeline(config, {
      builtIns: { file: async () => file },
      defaultSource: async () => countingSource({ batches: 1 }),
    });
  } catch (error) {
    if (!(error instanceof PwalkError)) throw error;
    const problems = error.problems.length > 0 ? error.problems : [error];
    return {
      status: error.exitCode,
      lines: problems.map(({ message }) => message.replaceAll(here, '')),
      problems,
    };
  }
  throw new Error('nothing is wrong with it');
}

describe('a config that does not fit', () => {
  it('is told all its faults of shape at once, each with file and place', async () => {
    const { status, lines } = await faults(
      'c.mjs',
      `import { count } from './count.mjs';
export default { roots: [], sink: [count()], sinks: [count, 7, { use: 'file', option: 1 }], allow: ['fs:fly'],
  credit: 0, timeouts: { wirte: 3 }, onError: 'retry' };`,
    );
    expect(lines).toEqual([
      'Config "/c.mjs", roots: Too small: expected array to have >=1 items.',
      'Config "/c.mjs", sinks[0]: this is the plugin itself; call it, with its options if it has any.',
      'Config "/c.mjs", sinks[1]: expected plugin(options) or { use: "name", options }, received 7.',
      expect.stringMatching(/^Config "\/c\.mjs", sinks\[2\]: there is no option "option" here/),
      expect.stringMatching(/^Config "\/c\.mjs", allow\[0\]: .*fs:chmod/),
      'Config "/c.mjs", credit: Too small: expected number to be >=1.',
      'Config "/c.mjs", onError: expected one of "abort"|"skip-batch".',
      expect.stringMatching(/, timeouts: there is no option "wirte" here; there are create, open/),
      expect.stringMatching(
        /^Config "\/c\.mjs": there is no option "sink" here; there are .*sinks/,
      ),
    ]);
    expect(status).toBe(2);
  });

  it('is told all that is wrong with its plugins at once, before anything is opened', async () => {
    const { status, lines } = await faults(
      'c.mjs',
      `import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
import { count } from './count.mjs';
const old = definePlugin({ name: 'old', kind: 'sink', pwalk: '^9.0.0', options: z.undefined(), create: () => { throw new Error('created'); } });
const chmod = definePlugin({ name: 'chmodder', kind: 'sink', pwalk: '*', options: z.undefined(), capabilities: { effects: ['fs:chmod'] }, create: () => { throw new Error('created'); } });
export default { memory: 'much', filters: [count()], sinks: [
  { use: 'pwalk-sink-nowhere' }, { use: './nothing.mjs' }, { use: 'file', options: { path: 3 } }, old(), chmod(),
  count({ label: 5 }), { use: './throws.mjs' }, { use: './empty.mjs' } ] };`,
      { 'throws.mjs': "throw new Error('not today')", 'empty.mjs': 'export const x = 1;' },
    );
    const said = (start: string) =>
      lines.filter((line) => line.startsWith(`Config "/c.mjs", ${start}`));
    expect(said('filters[0]: ')).toEqual([
      expect.stringContaining('"count" is a sink and does not belong among the filters'),
    ]);
    expect(said('sinks[0]: ')).toEqual([expect.stringContaining('npm install pwalk-sink-nowhere')]);
    expect(said('sinks[1]: ')).toEqual([
      expect.stringContaining('There is no plugin file "/nothing.mjs"'),
    ]);
    expect(said('sinks[2].options.path: ')).toHaveLength(1);
    expect(said('sinks[3]: ')).toEqual([expect.stringContaining('asks for @pwalk/core ^9.0.0')]);
    expect(said('sinks[4]: ')).toEqual([
      expect.stringContaining('declares fs:chmod; add it to `allow`'),
    ]);
    expect(said('sinks[5].options.label: ')).toHaveLength(1);
    expect(said('sinks[6]: ')).toEqual([expect.stringContaining('cannot be loaded: not today')]);
    expect(said('sinks[7]: ')).toEqual([expect.stringContaining('exports no sink')]);
    expect(said('memory: ')).toEqual([expect.stringContaining('"much" is not a size')]);
    expect(said('roots: ')).toEqual([expect.stringContaining('there is nothing to walk')]);
    expect(lines).toHaveLength(11);
    expect(status).toBe(2);
  });

  it('is told faults of its shape and of its plugins together, and nothing that follows from another', async () => {
    const { lines } = await faults(
      'c.mjs',
      `import { definePlugin } from '@pwalk/core';
import { z } from 'zod';
const chmod = definePlugin({ name: 'chmodder', kind: 'sink', pwalk: '*', options: z.undefined(), capabilities: { effects: ['fs:chmod'] }, create: () => { throw new Error('created'); } });
export default { rotos: ['/'], roots: 7, allow: 'fs:chmod', memory: 'much', sinks: [
  7, { use: 'file', options: { path: 3 } }, chmod(), { filters: 1, sink: { use: 'file' } } ] };`,
    );
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'Config "/c.mjs", roots',
      'Config "/c.mjs", sinks[0]',
      'Config "/c.mjs", sinks[3].filters',
      'Config "/c.mjs", allow',
      'Config "/c.mjs"',
      'Config "/c.mjs", memory',
      'Config "/c.mjs", sinks[1].options.path',
    ]);
  });

  it('is told both kinds of the pipeline of several that is meant', async () => {
    const { lines } = await faults(
      'c.json',
      JSON.stringify({
        pipelines: {
          default: { source: 7, sinks: [{ use: 'pwalk-sink-nowhere' }] },
          other: { roots: ['/'], credit: 0, sinks: [{ use: 'pwalk-sink-nowhere' }] },
        },
      }),
    );
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'Config "/c.json", pipelines.default.source',
      'Config "/c.json", pipelines.other.credit',
      'Config "/c.json", pipelines.default.sinks[0]',
    ]);
  });

  it.each([
    [
      'syntax',
      'c.ts',
      'export default {{ }',
      /^Config "\/c\.ts": it cannot be read: .*Unexpected token/,
    ],
    ['JSON', 'c.json', '{ "roots": [ }', /^Config "\/c\.json": it cannot be read: /],
    ['YAML', 'c.yaml', 'roots: [', /^Config "\/c\.yaml": it cannot be read: /],
    ['nothing exported', 'c.mjs', 'const x = 1;', /it has no default export; write/],
    ['a number', 'c.mjs', 'export default 7', /the config is not an object/],
    ['an array', 'c.json', '[]', /the config is not an object/],
    ['an empty file', 'c.yaml', '', /the config is not an object/],
    ['a throw', 'c.mjs', "throw new Error('my\\n\\u001bbad')", /it cannot be read: my\.$/],
    [
      'a function that throws',
      'c.mjs',
      "export default () => { throw new Error('no') }",
      /its function threw: no\.$/,
    ],
    [
      'an import that is not there',
      'c.mjs',
      "import 'pwalk-sink-missing'; export default {}",
      /Cannot find (module|package) 'pwalk-sink-missing'/,
    ],
    [
      'a plugin with no schema',
      'c.mjs',
      "import { definePlugin } from '@pwalk/core'; export default { sinks: [definePlugin({ name: 'x', kind: 'sink', pwalk: '*' })()] }",
      /Plugin "x" has no schema for its options/,
    ],
    [
      'an unknown kind of pipeline',
      'c.json',
      '{ "pipelines": { "a": { "roots": ["/"], "x": 1 } } }',
      /pipelines\.a: there is no option "x" here/,
    ],
  ])('says so in one sentence: %s', async (_, name, text, sentence) => {
    const { status, lines } = await faults(name, text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(sentence);
    expect(status).toBe(2);
  });

  it('or is not there', async () => {
    const failing = loadConfig({ file: '/no/config.ts', environment: { command: 'run' } });
    await expect(failing).rejects.toThrow(
      'There is no config file "/no/config.ts", which --config names; check the path.',
    );
  });

  it('names the pipelines there are', async () => {
    const { status, lines } = await faults(
      'c.json',
      JSON.stringify({ pipelines: { a: { roots: ['/'] }, b: { roots: ['/'] } } }),
    );
    expect(lines).toEqual(['Config "/c.json" has no pipeline "default"; name one of a, b.']);
    expect(status).toBe(2);
    const none = await faults('c.json', JSON.stringify({ pipelines: {} }));
    expect(none.lines).toEqual(['Config "/c.json" has no pipeline "default"; it has none yet.']);
  });
});
