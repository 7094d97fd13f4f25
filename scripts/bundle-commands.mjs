#!/usr/bin/env node
// bundle-commands.mjs: makes dist/bundle/ of the package in the working directory: the commands that
// load nobody else's code, each with all it imports in a few files. Node takes half a millisecond to
// find, read and link a module, and a report has four hundred of them: bundled it starts in half the time.
//
// Commands that load plugins stay out: a plugin imports @pwalk/core, and so must what runs it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { writeManifest } from './command-manifest.mjs';

/** Commands (or folders of them) whose code is all ours. */
const bundled = ['report', 'resume', 'walk', 'repair'];

/** What finds files beside its own: left where it is, and a dependency of this package for that. */
const external = ['apache-arrow', 'parquet-wasm'];

/**
 * Node's own modules, asked for without `import`: that reads every export of them, and among those are
 * getters which load what nobody here uses (streams for fs, web crypto for crypto, the terminal for
 * process). Here only what is imported is read.
 */
const builtins = {
  name: 'builtins',
  resolveId: (id, importer, { kind }) =>
    isBuiltin(id) && kind === 'import-statement' && !importer?.startsWith('\0')
      ? `\0node:${id.replace(/^node:/, '')}`
      : null,
  load: (id) => (id.startsWith('\0node:') ? builtinModule(id.slice(1)) : null),
};

/** Those that every run uses, or that cost nothing: they share a file. */
const usual = /^\0node:(?!zlib$)/;

/** The text of a module with the exports of a builtin; those that nobody imports are left out of the bundle. */
function builtinModule(id) {
  const names = Object.keys(process.getBuiltinModule(id)).filter((name) =>
    /^[a-z]\w*$/i.test(name),
  );
  return [
    `const builtin = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(id)});`,
    'export { builtin as default };',
    ...names.map((name, at) => `const e${at} = /* @__PURE__ */ (() => builtin.${name})();`),
    `export { ${names.map((name, at) => `e${at} as ${name}`).join(', ')} };`,
  ].join('\n');
}

const root = process.cwd();
const bundle = join(root, 'dist/bundle');

function modules(directory, name) {
  return readdirSync(join(root, directory), { recursive: true })
    .filter(
      (path) => path === `${name}.js` || (path.startsWith(`${name}/`) && path.endsWith('.js')),
    )
    .map((path) => path.slice(0, -'.js'.length));
}

rmSync(bundle, { recursive: true, force: true });
const entries = [
  'main',
  'interruption',
  'environment',
  'supervision',
  ...bundled.flatMap((name) => modules('dist/commands', name).map((path) => `commands/${path}`)),
];
const build = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, join(root, 'dist', `${name}.js`)])),
  platform: 'node',
  plugins: [builtins],
  external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
});
await build.write({
  dir: bundle,
  format: 'esm',
  chunkFileNames: 'shared/[name]-[hash].js',
  codeSplitting: { groups: [{ name: 'builtins', test: usual }] },
});
await build.close();

// oclif finds commands from the package.json above them.
const { name, version, type, description, engines, bin, oclif } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
const commands = { ...oclif.commands, target: './commands' };
writeFileSync(
  join(bundle, 'package.json'),
  JSON.stringify({ name, version, type, description, engines, bin, oclif: { ...oclif, commands } }),
);
await writeManifest(bundle);
